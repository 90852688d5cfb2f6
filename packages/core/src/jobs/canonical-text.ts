import { toBase64Url } from '../primitives/bytes.js'

/** One text for each value of a document, whatever the order of its keys; other values have other texts. */
export function canonicalText(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes(${toBase64Url(value)})`
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalText(each)}`).join()}}`
}
