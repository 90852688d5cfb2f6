import type { WriteRequest } from './write-call.js'
import type { WrittenDocument } from './written-document.js'

/** Documents that become one commit. */
export function toRequest(written: readonly WrittenDocument[]): WriteRequest {
  return { ops: written.map(({ op }) => op), size: written.reduce((sum, { size }) => sum + size, 0) }
}
