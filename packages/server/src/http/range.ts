import type { BlobRange } from '../blobs/blobs.js'

/**
 * The range of `Range: bytes=a-b` or `bytes=a-`. Anything else, several ranges above all, counts as none: a server
 * may always send the whole (RFC 9110).
 */
export function parseRange(header: string | undefined): BlobRange | undefined {
  const match = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header ?? '')
  if (match === null) return undefined
  const offset = Number(match[1])
  if (match[2] === undefined) return { offset }
  const end = Number(match[2])
  return end < offset ? undefined : { offset, length: end - offset + 1 }
}
