import type { RequestMessage } from '@firekeep/core/protocol'

/** Whether the answer may take megabytes: such requests are answered one after the other. */
export function mayBeLarge({ kind }: RequestMessage): boolean {
  return kind === 'read' || kind === 'digests' || kind === 'get-pointer'
}
