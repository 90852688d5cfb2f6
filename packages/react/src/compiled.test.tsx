import { act, fireEvent, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { expect, it } from 'vitest'
import { settle } from '../test/settle.js'
import { Tasks } from '../test/tasks.compiled.js'
import { createWatchedDatabase } from '../test/watch-database.js'
import { FirekeepProvider } from './firekeep-provider.js'

it('components compiled by the React Compiler redraw on every change', async () => {
  const db = createWatchedDatabase()
  render(
    <StrictMode>
      <FirekeepProvider database={db}>
        <Tasks />
      </FirekeepProvider>
    </StrictMode>,
  )
  await settle(db)
  for (const title of ['a', 'b']) {
    fireEvent.change(screen.getByLabelText('title'), { target: { value: title } })
    expect(screen.getByText('unsaved')).toBeTruthy()
    await act(async () => void fireEvent.submit(screen.getByLabelText('new task')))
    await settle(db)
  }
  expect(screen.queryByText('unsaved')).toBeNull()
  expect(screen.getByRole('status').textContent).toBe('2 b,a 2 2')
  fireEvent.click(screen.getByText('finish a'))
  await settle(db)
  expect(screen.getAllByRole('listitem').map(item => item.firstChild?.textContent)).toEqual(['b'])
  fireEvent.click(screen.getByText('open'))
  await settle(db)
  expect(screen.getAllByRole('listitem').map(item => item.firstChild?.textContent)).toEqual(['a'])
})
