import { equalValues } from './equal-values.js'

/**
 * The fields in which documents differ, as paths, in code unit order of their names: nested objects by dotted path
 * (`address.city`), arrays and bytes as a whole, attachments by name
 * (`_files.photo.png`), wherever they are kept. `_id` is not compared.
 *
 * Trap: a name may hold a dot, so a path is to be read by people; to find a value, walk both documents.
 */
export function differingFields(a: object, b: object): string[] {
  return differencesIn(a, b, '')
}

function differencesIn(a: object, b: object, prefix: string): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  if (prefix === '') names.delete('_id')
  return [...names].sort().flatMap(name => differencesAt(at(a, name), at(b, name), prefix + name))
}

function differencesAt(a: unknown, b: unknown, path: string): string[] {
  if (path === '_files') return differingNames(a ?? {}, b ?? {})
  if (isFields(a) && isFields(b)) return differencesIn(a, b, `${path}.`)
  return equalValues(a, b) ? [] : [path]
}

function differingNames(a: object, b: object): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names]
    .sort()
    .filter(name => !equalValues(withoutPlace(at(a, name)), withoutPlace(at(b, name))))
    .map(name => `_files.${name}`)
}

/** Two databases keep one content in packs of their own. */
function withoutPlace(file: unknown): unknown {
  if (!isFields(file) || !('cid' in file)) return file
  return { ...file, pack: undefined }
}

function isFields(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

function at(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
