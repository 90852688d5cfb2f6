import type { Database } from '@firekeep/core'
import { act, render, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FirekeepProvider } from './firekeep-provider.js'
import { RELEASE_AFTER } from './pool/database-pool.js'
import { useFirekeep } from './use-firekeep.js'

const options = { storage: 'memory' } as const

// Only the timers: the databases go on by themselves.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('all components that ask for one name share one database', async () => {
  const found: Database[] = []
  function Part() {
    found.push(useFirekeep('shared', { ...options }))
    return null
  }
  render(
    <StrictMode>
      <Part />
      <Part />
    </StrictMode>,
  )
  expect(new Set(found).size).toBe(1)
  await found[0]?.put({ _id: 'a' })
  expect(await found[1]?.has('a')).toBe(true)
})

it('it stays open over a remount, and is closed some seconds after its last user', async () => {
  const use = () => renderHook(() => useFirekeep('remounted', options))
  const first = use()
  const database = first.result.current
  first.unmount()
  vi.advanceTimersByTime(RELEASE_AFTER - 1)
  const second = use()
  expect(second.result.current).toBe(database)
  vi.advanceTimersByTime(RELEASE_AFTER)
  await database.put({ _id: 'a' })
  second.unmount()
  vi.advanceTimersByTime(RELEASE_AFTER)
  await expect(database.put({ _id: 'b' })).rejects.toMatchObject({ code: 'CLOSED' })
})

it('after its release the next user gets one that is open', async () => {
  const use = () => renderHook(() => useFirekeep('released', options))
  const first = use()
  first.unmount()
  vi.advanceTimersByTime(RELEASE_AFTER)
  const { result } = use()
  expect(result.current).not.toBe(first.result.current)
  await act(async () => void (await result.current.put({ _id: 'a' })))
})

it('after it was destroyed the next user gets one that is open', async () => {
  const first = renderHook(() => useFirekeep('destroyed', options))
  await first.result.current.put({ _id: 'a' })
  await first.result.current.destroy()
  first.unmount()
  const { result } = renderHook(() => useFirekeep('destroyed', options))
  expect(await result.current.has('a')).toBe(false)
})

it('another name is another database', async () => {
  const { result, rerender } = renderHook(({ name }) => useFirekeep(name, options), {
    initialProps: { name: 'one' },
  })
  const one = result.current
  rerender({ name: 'two' })
  expect(result.current.name).toBe('two')
  expect(result.current).not.toBe(one)
})

it('without a name it gives the one of the provider, or says that there is none', () => {
  const { result } = renderHook(() => useFirekeep('provided', options))
  const inner = renderHook(() => useFirekeep(), {
    wrapper: ({ children }) => <FirekeepProvider database={result.current}>{children}</FirekeepProvider>,
  })
  expect(inner.result.current).toBe(result.current)
  expect(() => renderHook(() => useFirekeep())).toThrow(expect.objectContaining({ code: 'NO_DATABASE' }))
})

it('a name that makes no sense is refused while rendering', () => {
  expect(() => renderHook(() => useFirekeep(''))).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})
