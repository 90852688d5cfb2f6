/**
 * Where rows stand in their index, for those that share key and document with other rows: these two do not say
 * it then. Kept beside the rows, so that rows stay plain data.
 */
const entryKeyByRow = new WeakMap<object, string>()

/** Remembers the entry a row was made from. */
export function rememberPlace(row: object, entryKey: string): void {
  entryKeyByRow.set(row, entryKey)
}

/** The entry a row was made from, if it was remembered. */
export function recallPlace(row: object): string | undefined {
  return entryKeyByRow.get(row)
}
