import { useState } from 'react'
import { createHooks } from '../src/create-hooks.js'

export interface Task {
  readonly type: 'task'
  readonly title: string
  readonly state: 'open' | 'done'
}

const { useAllDocs, useChanges, useDocument, useFirekeep, useLiveQuery } = createHooks<Task>()

/** Every hook, written as apps write them: options, initial documents and functions inline. */
export function Tasks() {
  const [state, setState] = useState<Task['state']>('open')
  const database = useFirekeep()
  const { docs, rows } = useLiveQuery('state', { key: state })
  const byTitle = useLiveQuery(task => task.title.toLowerCase(), { descending: true })
  const all = useAllDocs({ limit: 10 })
  const changes = useChanges()
  return (
    <main>
      <button type="button" onClick={() => setState(state === 'open' ? 'done' : 'open')}>
        {state}
      </button>
      <ul>
        {docs.map(task => (
          <li key={task._id}>
            {task.title}
            <button type="button" onClick={() => database.put({ ...task, state: 'done' })}>
              finish {task.title}
            </button>
          </li>
        ))}
      </ul>
      <output>
        {[rows.length, byTitle.docs.map(task => task.title), all.docs.length, changes.docs.length].join(' ')}
      </output>
      <NewTask />
    </main>
  )
}

function NewTask() {
  const { doc, merge, submit, dirty } = useDocument({ type: 'task', title: '', state: 'open' })
  return (
    <form onSubmit={submit} aria-label="new task">
      <input aria-label="title" value={doc.title} onChange={event => merge({ title: event.target.value })} />
      {dirty && <em>unsaved</em>}
    </form>
  )
}
