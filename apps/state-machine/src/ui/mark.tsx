/** The sign of the app: a flame that is kept. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark-keep" d="M6 13.5 16 5l10 8.5V25a2.5 2.5 0 0 1-2.5 2.5h-15A2.5 2.5 0 0 1 6 25z" />
      <path
        className="mark-flame"
        d="M16.4 12.2c.5 2.6 3.9 4 3.9 7.3a4.3 4.3 0 0 1-8.6 0c0-1.7.9-2.8 1.8-3.7.2 1 .7 1.6 1.4 2-.1-2.2.3-4 1.5-5.6z"
      />
    </svg>
  )
}
