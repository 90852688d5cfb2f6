/** A key and its new value; `undefined` deletes it. */
export type TreeEdit = readonly [key: Uint8Array, value: Uint8Array | undefined]
