import { useSyncStatus } from '@firekeep/react'

/** A room in which nothing was said yet. */
export function EmptyRoom({ title }: { readonly title: string }) {
  const isShared = useSyncStatus().state !== 'local'
  return (
    <div className="empty">
      <p className="empty-title">It is quiet in {title}.</p>
      <p>
        {isShared
          ? 'Say something, or invite somebody. It is on this device first, and goes to the others by itself.'
          : 'Say something. It stays on this device, and shows in every tab at once.'}
      </p>
    </div>
  )
}
