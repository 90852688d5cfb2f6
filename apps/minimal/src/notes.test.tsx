import { type Database, firekeep } from '@firekeep/core'
import { FirekeepProvider } from '@firekeep/react'
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Note, Notes } from './notes.js'

configure({ asyncUtilTimeout: 20_000 })

let database: Database<Note>

beforeEach(() => {
  database = firekeep<Note>('notes', { storage: 'memory' })
  render(
    <FirekeepProvider database={database}>
      <Notes />
    </FirekeepProvider>,
  )
})

afterEach(async () => {
  cleanup()
  await database.destroy()
})

it('adds what was typed, and begins a new note', async () => {
  await screen.findByText('Nothing to remember yet.')
  const input = screen.getByLabelText<HTMLInputElement>('New note')
  fireEvent.change(input, { target: { value: 'Buy milk' } })
  fireEvent.click(screen.getByText('Add'))
  await screen.findByText('Buy milk')
  expect(input.value).toBe('')
  expect((await database.allDocs()).docs).toMatchObject([{ type: 'note', text: 'Buy milk', done: false }])
})

it('ticks a note off and deletes it', async () => {
  await database.put({ type: 'note', text: 'Call Ada', done: false, at: 1 })
  fireEvent.click(await screen.findByRole('checkbox', { name: 'Call Ada' }))
  await screen.findByText('All done.')
  fireEvent.click(screen.getByLabelText('Delete Call Ada'))
  await screen.findByText('Nothing to remember yet.')
  expect((await database.allDocs()).docs).toEqual([])
})

it('shows what comes from elsewhere, the newest first', async () => {
  await database.bulk([
    { type: 'note', text: 'older', done: true, at: 1 },
    { type: 'note', text: 'newer', done: false, at: 2 },
  ])
  await screen.findByText('1 to do.')
  expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual(['newer×', 'older×'])
})
