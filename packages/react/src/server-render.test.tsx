import type { Database } from '@firekeep/core'
import { createTestDatabase } from '@firekeep/core/testing'
import { act, render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { settle } from '../test/settle.js'
import { createWatchedDatabase, watchDatabase } from '../test/watch-database.js'
import { FirekeepProvider } from './firekeep-provider.js'
import { useAllDocs } from './use-all-docs.js'
import { useChanges } from './use-changes.js'
import { useDocument } from './use-document.js'
import { useFirekeep } from './use-firekeep.js'
import { useLiveQuery } from './use-live-query.js'

function Page() {
  const query = useLiveQuery('at')
  const all = useAllDocs()
  const changes = useChanges()
  const { doc, status } = useDocument({ _id: 'a', title: 'untitled' })
  const lists = [query, all, changes].map(list => `${list.status} ${list.docs.length}`)
  return <p>{[...lists, status, doc.title].join(', ')}</p>
}

const page = (database: Database) => (
  <FirekeepProvider database={database}>
    <Page />
  </FirekeepProvider>
)

it('a server shows what is known before anything is read, and starts nothing', async () => {
  const { database, opened } = watchDatabase(createTestDatabase())
  await database.put({ _id: 'a', title: 'stored', at: 1 })
  expect(renderToString(page(database))).toBe('<p>loading 0, loading 0, loading 0, loading, untitled</p>')
  expect(opened()).toBe(0)
})

it('a browser takes the markup over as it is, and then shows what is stored', async () => {
  const database = createWatchedDatabase()
  await database.put({ _id: 'a', title: 'stored', at: 1 })
  const container = document.createElement('div')
  container.innerHTML = renderToString(page(database))
  const complaints: unknown[] = []
  await act(async () => {
    render(page(database), { container, hydrate: true, onRecoverableError: error => complaints.push(error) })
  })
  await settle(database)
  expect(complaints).toEqual([])
  expect(container.innerHTML).toBe('<p>ready 1, ready 1, ready 1, ready, stored</p>')
})

it('a server gets a database by name without opening it', () => {
  function Name() {
    return <p>{useFirekeep('on a server', { storage: 'memory' }).name}</p>
  }
  expect(renderToString(<Name />)).toBe('<p>on a server</p>')
})
