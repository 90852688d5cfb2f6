import type { RequestMessage } from '@firekeep/core/protocol'

/** How many blobs are looked up for the price of one request. */
const BLOBS_A_REQUEST = 64

/** As how many requests one counts: each blob that it names is looked up. */
export function requestCost(request: RequestMessage): number {
  if (request.kind === 'append') return 1 + request.blobs.length / BLOBS_A_REQUEST
  if (request.kind === 'set-pointer') return 1 + request.pointer.blobs.length / BLOBS_A_REQUEST
  return 1
}
