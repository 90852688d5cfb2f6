import type { Attachment } from './attach-types.js'
import type { SharedAttachment } from './attachments.js'

/** One handle's share of an attached remote. Its functions may be taken apart from it. */
export function attachmentShare(shared: SharedAttachment, release: () => Promise<void>): Attachment {
  return {
    get status() {
      return shared.status
    },
    subscribe: listener => shared.subscribe(() => listener()),
    synced: () => shared.synced(),
    firstOf: clocks => shared.firstOf(clocks),
    deleteRemote: () => shared.deleteRemote(),
    detach: () => release(),
  }
}
