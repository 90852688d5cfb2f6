import { useDocument, useFirekeep, useLiveQuery } from '@firekeep/react'

/** A note; `at` is when it was begun, in milliseconds since 1970. */
export interface Note {
  readonly type: 'note'
  readonly text: string
  readonly done: boolean
  readonly at: number
}

/** All notes, the newest first. Another tab shows what is written here at once. */
export function Notes() {
  const { docs, status, error } = useLiveQuery<Note, 'at'>('at', { descending: true })
  const open = docs.filter(note => !note.done).length
  return (
    <main>
      <h1>Notes</h1>
      <Composer />
      {error && <p role="alert">{error.message}</p>}
      {status === 'ready' && docs.length === 0 && <p className="hint">Nothing to remember yet.</p>}
      <ul aria-label="Notes">
        {docs.map(note => (
          <NoteItem key={note._id} note={note} />
        ))}
      </ul>
      {docs.length > 0 && <p className="hint">{open === 0 ? 'All done.' : `${open} to do.`}</p>}
    </main>
  )
}

function Composer() {
  const { doc, merge, submit, error } = useDocument<Note>(() => ({
    type: 'note',
    text: '',
    done: false,
    at: Date.now(),
  }))
  return (
    <form onSubmit={submit}>
      <input
        aria-label="New note"
        placeholder="What is to be remembered?"
        value={doc.text}
        onChange={event => merge({ text: event.target.value })}
      />
      <button type="submit" disabled={doc.text.trim() === ''}>
        Add
      </button>
      {error && <p role="alert">{error.message}</p>}
    </form>
  )
}

function NoteItem({ note }: { readonly note: Note & { readonly _id: string } }) {
  const database = useFirekeep<Note>()
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={note.done}
          onChange={() => database.put({ ...note, done: !note.done })}
        />
        <span>{note.text}</span>
      </label>
      <button type="button" aria-label={`Delete ${note.text}`} onClick={() => database.del(note._id)}>
        ×
      </button>
    </li>
  )
}
