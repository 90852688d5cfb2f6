import type { Storage, StorageEntry } from '../../storage/storage.js'

/** Larger than any adapter keeps in one piece. */
export const LARGE = 700_001

/** The largest value that the database writes. */
export const PACK = 4_194_304

/** A small value that says which one it is. */
export function entry(key: string, value: number): StorageEntry {
  return [key, new Uint8Array([value])]
}

/** Bytes that differ from place to place, so that a wrong offset shows. */
export function bytes(length: number): Uint8Array {
  const result = new Uint8Array(length)
  for (let index = 0; index < length; index += 1) result[index] = (index * 31 + (index >>> 8) * 7) & 0xff
  return result
}

/** Comparing large arrays by `toEqual` takes seconds. */
export function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** All entries, small values as numbers. */
export async function contents(storage: Storage): Promise<(string | number)[][]> {
  return (await storage.getAll('')).map(([key, value]) => [key, ...value])
}

/** The code a call rejects with; `undefined` when it resolves. */
export async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
