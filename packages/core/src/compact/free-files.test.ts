import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openData, openEngine } from './fixtures/open-engine.js'

/** More than a prune may run anew, and few enough for a test. */
const INTRUSIONS = 6

describe('a prune that frees file packs', () => {
  it('ends while another tab writes, and does only the refused step again', async () => {
    const space = createMemorySpace()
    const other = openEngine({ space, seed: 2 })
    await other.put({ _id: 'a', _files: { f: new Blob(['first']) } })
    let intrusions = 0
    let folds = 0
    const hooked = new HookedSpace(space, 'pruning', async ({ puts, deletes, write }) => {
      if (puts.some(([key]) => key.startsWith('state/'))) folds += 1
      if (puts.length === 0 && deletes.some(key => key.startsWith('file-pack/')) && intrusions < INTRUSIONS)
        await other.put({ _id: 'n', n: ++intrusions })
      return write()
    })
    const db = openEngine({ space: hooked, seed: 3 })
    await db.put({ _id: 'a', _files: { f: new Blob(['second']) } })
    folds = 0
    await db.prune({ before: await db.clock() })
    expect(intrusions).toBe(INTRUSIONS)
    expect(folds).toBeLessThan(INTRUSIONS)
    const storage = await openData(space)
    expect(await storage.list('file-pack/')).toHaveLength(1)
    await storage.close()
    expect(await (await (await db.get('a'))._files?.f?.file())?.text()).toBe('second')
    expect(await db.get('n')).toMatchObject({ n: INTRUSIONS })
    await Promise.all([db.close(), other.close()])
  })
})
