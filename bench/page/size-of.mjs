/**
 * The bytes of a stored value, about as IndexedDB writes them: binary data by its length, all else as long as its
 * text.
 *
 * @param {unknown} value
 * @returns {number}
 */
export function sizeOf(value) {
  if (typeof value === 'string') return value.length
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength
  if (typeof Blob !== 'undefined' && value instanceof Blob) return value.size
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + sizeOf(item), 0)
  if (typeof value !== 'object' || value === null) return String(value).length
  return Object.entries(value).reduce((sum, [key, member]) => sum + key.length + sizeOf(member), 0)
}
