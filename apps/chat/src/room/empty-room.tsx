/** A room in which nothing was said yet. */
export function EmptyRoom({ title }: { readonly title: string }) {
  return (
    <div className="empty">
      <p className="empty-title">It is quiet in {title}.</p>
      <p>Say something. It stays on this device, and shows in every tab at once.</p>
    </div>
  )
}
