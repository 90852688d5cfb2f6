import { DURABILITY } from '../durability.mjs'

/**
 * Firekeep over the storage of the environment, in the folder of the cell where there is one.
 *
 * @param {import('./contender.js').Place} place
 * @returns {import('@firekeep/core').FirekeepOptions}
 */
export function firekeepOptions({ environment, dir }) {
  return environment === 'node'
    ? { storage: 'files', dir }
    : { storage: 'indexeddb', durability: DURABILITY.chromium }
}
