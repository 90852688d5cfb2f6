/**
 * A file to which each write appends, followed by `fdatasync`; one write after the other. Appending does not wait
 * for the disk, so it is done at once; only the sync runs beside the program.
 *
 * @param {string} dir
 * @returns {Promise<import('./open-raw-storage.mjs').RawStorage>}
 */
export async function openAppendLog(dir) {
  // Not static: this module is part of the browser bundle too.
  const { closeSync, fdatasync, openSync, writeSync } = await import('node:fs')
  const file = openSync(`${dir}/floor.log`, 'a')
  /** @type {Promise<void>} */
  let last = Promise.resolve()
  /** @type {(value: Uint8Array) => Promise<void>} */
  const append = value =>
    new Promise((resolve, reject) => {
      writeSync(file, value)
      fdatasync(file, error => (error ? reject(error) : resolve()))
    })
  return {
    write(value) {
      last = last.then(() => append(value))
      return last
    },
    close: async () => closeSync(file),
  }
}
