import type { Progress } from '@firekeep/core'

/** How far the pictures of a message are that is being stored. It comes into sight only where that takes a while. */
export function StoringNote({ done, total = 0 }: Progress) {
  return (
    <p className="storing" role="status">
      Storing the pictures…
      <progress value={done} max={Math.max(total, 1)} aria-label="Stored" />
    </p>
  )
}
