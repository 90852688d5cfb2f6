import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderHookWith } from '../test/render-hook-with.js'
import { settle } from '../test/settle.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { FirekeepProvider } from './firekeep-provider.js'
import { useDocument } from './use-document.js'

interface Message {
  text: string
  loud?: boolean
}

function Composer({ by }: { by: 'event' | 'action' }) {
  const { doc, merge, submit } = useDocument<Message>({ text: '' })
  const text = (
    <input aria-label="text" value={doc.text} onChange={event => merge({ text: event.target.value })} />
  )
  const loud = <input aria-label="loud" name="loud" type="text" />
  return by === 'event' ? (
    <form onSubmit={submit} aria-label="form">
      {text}
      {loud}
    </form>
  ) : (
    <form action={submit} aria-label="form">
      {text}
      {loud}
    </form>
  )
}

it.each(['event', 'action'] as const)(
  'a form submits by %s: it saves what is shown and what it says, and begins afresh',
  async by => {
    const db = createWatchedDatabase()
    render(
      <FirekeepProvider database={db}>
        <Composer by={by} />
      </FirekeepProvider>,
    )
    fireEvent.change(screen.getByLabelText('text'), { target: { value: 'hello' } })
    fireEvent.change(screen.getByLabelText('loud'), { target: { value: 'very' } })
    let isPrevented = false
    await act(async () => {
      isPrevented = !fireEvent.submit(screen.getByLabelText('form'))
    })
    await settle(db)
    expect(isPrevented).toBe(true)
    expect((await db.allDocs()).docs).toMatchObject([{ text: 'hello', loud: 'very' }])
    expect(screen.getByLabelText<HTMLInputElement>('text').value).toBe('')

    fireEvent.change(screen.getByLabelText('text'), { target: { value: 'again' } })
    await act(async () => void fireEvent.submit(screen.getByLabelText('form')))
    await settle(db)
    expect((await db.allDocs()).docs.map(doc => doc.text)).toEqual(['hello', 'again'])
  },
)

it('takes the fields of a FormData, and nothing at all', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ text: '', stars: 0 }))
  const data = new FormData()
  data.set('text', 'hi')
  data.set('stars', '5')
  await act(() => result.current.submit(data))
  act(() => result.current.merge({ text: 'second' }))
  await act(() => result.current.submit())
  expect((await db.allDocs()).docs).toMatchObject([
    { text: 'hi', stars: 5 },
    { text: 'second', stars: 0 },
  ])
  expect(result.current.doc).toEqual({ text: '', stars: 0 })
})

it('what is typed while it is being saved belongs to the next document', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument({ text: '' }))
  act(() => result.current.merge({ text: 'first' }))
  await act(async () => {
    const submitted = result.current.submit()
    result.current.merge({ text: 'second' })
    await submitted
  })
  expect(result.current.doc).toEqual({ text: 'second' })
  await act(() => result.current.submit())
  expect((await db.allDocs()).docs.map(doc => doc.text)).toEqual(['first', 'second'])
})

it('of a document with an id it saves the edits and stays with it', async () => {
  const db = createWatchedDatabase()
  await db.put({ _id: 'a', text: 'one' })
  const { result } = renderHookWith(db, () => useDocument('a'))
  await settle(db)
  act(() => result.current.merge({ text: 'two' }))
  await act(() => result.current.submit())
  expect(result.current).toMatchObject({ doc: { _id: 'a', text: 'two' }, dirty: false, status: 'ready' })
})

it('a submit that fails does not reject; its text comes back under what was typed since', async () => {
  const db = createWatchedDatabase()
  const { result } = renderHookWith(db, () => useDocument<Record<string, unknown>>({ text: '', note: '' }))
  act(() => result.current.merge({ text: 'kept', odd: () => 1 }))
  await act(async () => {
    const submitted = result.current.submit()
    result.current.merge({ note: 'typed since' })
    await submitted
  })
  expect(result.current).toMatchObject({
    doc: { text: 'kept', note: 'typed since' },
    error: { code: 'INVALID_DOCUMENT' },
  })
  act(() => result.current.merge({ odd: undefined }))
  await act(() => result.current.submit())
  expect((await db.allDocs()).docs).toMatchObject([{ text: 'kept', note: 'typed since' }])
})
