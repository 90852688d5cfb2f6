/**
 * A file to which each write appends, followed by `fdatasync`; one write after the other. Appending does not wait
 * for the disk, so it is done at once; only the sync runs beside the program.
 *
 * @param {string} dir
 * @returns {Promise<import('./open-raw-storage.mjs').RawStorage>}
 */
export async function openAppendLog(dir) {
  // Not static: this module is part of the browser bundle too.
  const { closeSync, fdatasync, openSync, writevSync } = await import('node:fs')
  const file = openSync(`${dir}/floor.log`, 'a')
  /** @type {Promise<void>} */
  let last = Promise.resolve()
  /** @type {(values: readonly Uint8Array[]) => Promise<void>} */
  const append = values =>
    new Promise((resolve, reject) => {
      writevSync(file, [...values])
      fdatasync(file, error => (error ? reject(error) : resolve()))
    })
  return {
    write(values) {
      last = last.then(() => append(values))
      return last
    },
    close: async () => closeSync(file),
  }
}
