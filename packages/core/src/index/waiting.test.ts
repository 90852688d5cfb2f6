import { describe, expect, it, vi } from 'vitest'
import type { Progress } from '../primitives/progress.js'
import { createLiveQuery } from '../query/live-query.js'
import { parseQuery } from '../query/query-request.js'
import { runQuery } from '../query/run-query.js'
import { DocumentShelf } from './fixtures/document-shelf.js'

describe('a query that waits for its index', () => {
  it('hears how far it is while it is built for the first time, and not afterwards', async () => {
    const shelf = new DocumentShelf(numbered(500))
    const heard: Progress[] = []
    const onProgress = (progress: Progress) => heard.push(progress)
    await runQuery(shelf.indexes, 'n', { onProgress })
    expect(heard.length).toBeGreaterThan(3)
    expect(heard.map(({ done }) => done)).toEqual(heard.map(({ done }) => done).toSorted((a, b) => a - b))
    expect(heard.at(-1)).toEqual({ done: 500, total: 500 })
    heard.length = 0
    await runQuery(shelf.indexes, 'n', { onProgress })
    expect(heard).toEqual([])
  })

  it('goes on when a listener throws, which is reported', async () => {
    const shelf = new DocumentShelf(numbered(100))
    const reported: unknown[] = []
    const { reportError } = globalThis
    globalThis.reportError = error => reported.push(error)
    try {
      const broken = new Error('broken listener')
      const { rows } = await runQuery(shelf.indexes, 'n', {
        onProgress: () => {
          throw broken
        },
      })
      expect(rows).toHaveLength(100)
      expect(reported).toContain(broken)
    } finally {
      globalThis.reportError = reportError
    }
  })

  it('gives up when its signal fires, and the build stops when nobody waits for it any more', async () => {
    const shelf = new DocumentShelf(numbered(1_000))
    const abort = new AbortController()
    const calls: number[] = []
    const map = (doc: { n: number }) => {
      if (calls.push(doc.n) === 100) abort.abort('enough')
      return doc.n
    }
    const query = runQuery(shelf.indexes, map, { signal: abort.signal })
    await expect(query).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' })
    await turns()
    expect(calls.length).toBeLessThan(300)
    expect((await runQuery(shelf.indexes, map)).rows).toHaveLength(1_000)
    expect(shelf.listings).toBe(2)
  })

  it('leaves the build to the others who wait', async () => {
    const shelf = new DocumentShelf(numbered(1_000))
    const abort = new AbortController()
    const first = runQuery(shelf.indexes, 'n', { signal: abort.signal, onProgress: () => abort.abort() })
    const second = runQuery(shelf.indexes, 'n')
    await expect(first).rejects.toMatchObject({ code: 'ABORTED' })
    expect((await second).rows).toHaveLength(1_000)
    expect(shelf.listings).toBe(1)
  })

  it('that is live keeps the build going for itself', async () => {
    const shelf = new DocumentShelf(numbered(1_000))
    const live = createLiveQuery(shelf.indexes, parseQuery('n', { limit: 2 }))
    live.subscribe(() => undefined)
    const abort = new AbortController()
    const query = runQuery(shelf.indexes, 'n', { signal: abort.signal, onProgress: () => abort.abort() })
    await expect(query).rejects.toMatchObject({ code: 'ABORTED' })
    await vi.waitFor(() =>
      expect(live.getSnapshot()).toMatchObject({ status: 'ready', rows: [{ key: 0 }, { key: 1 }] }),
    )
    live.close()
    await runQuery(shelf.indexes, 'n')
    expect(shelf.listings).toBe(1)
  })

  it('does not begin when its signal has fired before, and is not touched by one that fires afterwards', async () => {
    const shelf = new DocumentShelf(numbered(10))
    await expect(runQuery(shelf.indexes, 'n', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
    await turns()
    expect(shelf.listings).toBe(0)
    const abort = new AbortController()
    await runQuery(shelf.indexes, 'n', { signal: abort.signal })
    abort.abort()
    expect((await runQuery(shelf.indexes, 'n')).rows).toHaveLength(10)
    expect(shelf.listings).toBe(1)
  })

  it.each([{ signal: 'now' }, { signal: {} }, { onProgress: true }])('refuses %j', async options => {
    const { indexes } = new DocumentShelf()
    await expect(runQuery(indexes, 'n', options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise(resolve => setImmediate(resolve))
}

function numbered(count: number): Record<string, { n: number }> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`doc${n}`, { n }]))
}
