import type { Database } from '@firekeep/core'
import { createTestDatabase } from '@firekeep/core/testing'
import { act, type RenderResult, render, screen } from '@testing-library/react'
import { Activity, type ReactNode, StrictMode, Suspense, startTransition, use, useState } from 'react'
import { describe, expect, it } from 'vitest'
import { settle } from '../test/settle.js'
import { type WatchedDatabase, watchDatabase } from '../test/watch-database.js'
import { FirekeepProvider } from './firekeep-provider.js'
import { useAllDocs } from './use-all-docs.js'
import { useChanges } from './use-changes.js'
import { useConflicts } from './use-conflicts.js'
import { useDocument } from './use-document.js'
import { useHistory } from './use-history.js'
import { useLiveQuery } from './use-live-query.js'

/** Hooks, and how many documents they show of one and of two. */
const HOOKS: [name: string, useCount: () => number, counts: [one: string, two: string]][] = [
  ['useLiveQuery', () => useLiveQuery('at').docs.length, ['1', '2']],
  ['useAllDocs', () => useAllDocs().docs.length, ['1', '2']],
  ['useAllDocs with deleted ones', () => useAllDocs({ includeDeleted: true }).docs.length, ['1', '2']],
  ['useChanges', () => useChanges().docs.length, ['1', '2']],
  ['useConflicts', () => (useConflicts().hydrated ? 1 : 0), ['1', '1']],
  ['useHistory', () => useHistory().commits.length, ['1', '2']],
  ['useDocument', () => (useDocument('a').doc === undefined ? 0 : 1), ['1', '1']],
]

interface ProbeProps {
  readonly useCount: () => number
  readonly pending?: Promise<unknown> | undefined
}

/** Uses a hook, and may wait for something after it did. */
function Probe({ useCount, pending }: ProbeProps) {
  const count = useCount()
  if (pending !== undefined) use(pending)
  return <output>{count}</output>
}

async function stored(): Promise<WatchedDatabase> {
  const watched = watchDatabase(createTestDatabase())
  await watched.database.put({ _id: 'a', at: 1 })
  return watched
}

/** Rendering that may suspend must be waited for. */
async function show(database: Database, children: ReactNode): Promise<RenderResult> {
  let result: RenderResult | undefined
  await act(async () => {
    result = render(<FirekeepProvider database={database}>{children}</FirekeepProvider>)
  })
  await settle(database)
  return result as RenderResult
}

const shown = () => screen.queryByRole('status')?.textContent

describe.each(HOOKS)('%s', (_, useCount, [one, two]) => {
  it('has one subscription in strict mode, and none after it is gone', async () => {
    const { database, open } = await stored()
    const { unmount } = await show(
      database,
      <StrictMode>
        <Probe useCount={useCount} />
      </StrictMode>,
    )
    expect(shown()).toBe(one)
    expect(open()).toBe(1)
    unmount()
    expect(open()).toBe(0)
  })

  it('starts nothing in a render that is thrown away', async () => {
    const { database, opened } = await stored()
    const never = new Promise(() => undefined)
    const { unmount } = await show(
      database,
      <Suspense>
        <Probe useCount={useCount} pending={never} />
      </Suspense>,
    )
    unmount()
    expect(opened()).toBe(0)
  })

  it('starts once when a suspended render is tried again', async () => {
    const { database, open, opened } = await stored()
    const { promise, resolve } = openPromise()
    await show(
      database,
      <Suspense>
        <Probe useCount={useCount} pending={promise} />
      </Suspense>,
    )
    expect(opened()).toBe(0)
    await act(async () => resolve())
    await settle(database)
    expect(shown()).toBe(one)
    expect([open(), opened()]).toEqual([1, 1])
  })

  it('follows nothing while it is hidden, and shows at once what it had when it comes back', async () => {
    const { database, open } = await stored()
    const seen: number[] = []
    const useSeen = () => {
      const count = useCount()
      seen.push(count)
      return count
    }
    let setMode: (mode: 'visible' | 'hidden') => void = () => undefined
    function Tab() {
      const [mode, set] = useState<'visible' | 'hidden'>('visible')
      setMode = set
      return (
        <Activity mode={mode}>
          <Probe useCount={useSeen} />
        </Activity>
      )
    }
    await show(database, <Tab />)
    await act(async () => setMode('hidden'))
    expect(open()).toBe(0)
    await database.put({ _id: 'b', at: 2 })
    seen.length = 0
    await act(async () => setMode('visible'))
    await settle(database)
    expect(open()).toBe(1)
    expect(shown()).toBe(two)
    expect(seen).not.toContain(0)
  })

  it('keeps what it shows, and its one subscription, through a transition that is given up', async () => {
    const { database, open, opened } = await stored()
    let change: (pending: Promise<unknown> | undefined) => void = () => undefined
    function Switch() {
      const [pending, setPending] = useState<Promise<unknown>>()
      change = setPending
      return <Probe useCount={useCount} pending={pending} />
    }
    await show(
      database,
      <Suspense>
        <Switch />
      </Suspense>,
    )
    await act(async () => startTransition(() => change(new Promise(() => undefined))))
    await act(async () => change(undefined))
    expect(shown()).toBe(one)
    await act(() => database.put({ _id: 'b', at: 2 }))
    await settle(database)
    expect(shown()).toBe(two)
    expect([open(), opened()]).toEqual([1, 1])
  })
})

function openPromise(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle: (() => void) | undefined
  const promise = new Promise<void>(resolve => {
    settle = resolve
  })
  return { promise, resolve: () => settle?.() }
}
