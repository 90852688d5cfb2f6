import { useState } from 'react'
import type { Message } from '../data/room-document.js'
import { spokenMessage } from '../data/spoken-message.js'

/** Speaks to screen readers what others say from now on; the timeline itself would speak old messages too. */
export function Announcer({ message }: { readonly message: Message | undefined }) {
  const [since] = useState(() => Date.now())
  return (
    <p className="visually-hidden" aria-live="polite">
      {message && message.at > since ? `${message.name}: ${spokenMessage(message)}` : ''}
    </p>
  )
}
