import { firekeep } from '@firekeep/core'
import { FirekeepProvider, useLiveQuery } from '@firekeep/react'
import { createRoot } from 'react-dom/client'
import type { Task } from './task'

const db = firekeep<Task>('consumer')

function Done() {
  const { docs } = useLiveQuery<Task>('state', { key: 'ran-ok' })
  return <output>{docs.map(doc => doc.title).join(', ')}</output>
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <FirekeepProvider database={db}>
    <Done />
  </FirekeepProvider>,
)
await db.put({ title: 'packed and installed', state: 'ran-ok' })
