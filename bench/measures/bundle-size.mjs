/**
 * What an app loads to use a contender as here: minified, with all parts that load later. Taken of the bundler's
 * output and not of a running cell.
 */
export const BUNDLE_SIZE = {
  id: 'bundle-size',
  label: 'bundle',
  group: /** @type {const} */ ('Size'),
  figures: /** @type {const} */ ([
    { id: 'minified', label: 'minified', unit: 'kB' },
    { id: 'gzip', label: 'minified and gzipped', unit: 'kB' },
  ]),
}
