/**
 * A file to which each write appends, followed by `fdatasync`; one write after the other.
 *
 * @param {string} dir
 * @returns {Promise<import('./open-raw-storage.mjs').RawStorage>}
 */
export async function openAppendLog(dir) {
  // Not static: this module is part of the browser bundle too.
  const { open } = await import('node:fs/promises')
  const file = await open(`${dir}/floor.log`, 'a')
  /** @type {Promise<void>} */
  let last = Promise.resolve()
  return {
    write(value) {
      last = last.then(async () => {
        await file.write(value)
        await file.datasync()
      })
      return last
    },
    close: () => file.close(),
  }
}
