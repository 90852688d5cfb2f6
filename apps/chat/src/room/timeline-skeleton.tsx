const LINES = [38, 62, 24, 50, 34] as const

/** The shape of a conversation while it is read. It comes into sight only where that takes a while. */
export function TimelineSkeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading messages">
      {LINES.map(width => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
