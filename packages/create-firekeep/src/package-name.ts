const LONGEST = 214
/** npm refuses these, as they are files and folders of every project. */
const RESERVED = ['node_modules', 'favicon.ico', 'package.json']

/**
 * A valid package name made of the name of a folder: `Müller & Sons` gives `muller-sons`. `undefined` where nothing
 * is left, or only what npm reserves.
 *
 * @param taken names that the project depends on: a project named like one of them could not install it
 */
export function toPackageName(folderName: string, taken: readonly string[] = []): string | undefined {
  const name = folderName
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, LONGEST)
    .replace(/[._-]+$/, '')
  if (name === '' || RESERVED.includes(name)) return undefined
  return taken.includes(name) ? `${name}-app` : name
}
