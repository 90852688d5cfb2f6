import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { firekeep } from './firekeep.js'

const KEY = new Uint8Array(32).fill(7)

/** A space that counts the storages that are opened in it. */
function countedSpace(): { readonly space: StorageSpace; readonly opened: string[] } {
  const space = createMemorySpace()
  const opened: string[] = []
  return {
    opened,
    space: {
      ...space,
      open: (id, options) => {
        opened.push(id)
        return space.open(id, options)
      },
    },
  }
}

describe('handles of one name and storage', () => {
  it('share one engine: a hundred of them open the storage once, and read each other at once', async () => {
    const { space, opened } = countedSpace()
    const handles = Array.from({ length: 100 }, () => firekeep('x', { storage: space }))
    await Promise.all(handles.map((db, i) => db.put({ _id: `${i}` })))
    for (const db of handles) expect((await db.allDocs()).rows.length).toBe(100)
    expect(opened.length).toBe(2)
    await Promise.all(handles.map(db => db.close()))
  })

  it('close each for itself, and the last one closes the engine', async () => {
    const storage = createMemorySpace()
    const [first, second] = [firekeep('x', { storage }), firekeep('x', { storage })]
    await first.put({ _id: 'a' })
    await Promise.all([first.close(), first.close()])
    await first.close()
    await expect(first.get('a')).rejects.toMatchObject({ code: 'CLOSED' })
    expect(await second.get('a')).toEqual({ _id: 'a' })
    await second.close()
    const third = firekeep('x', { storage })
    expect(await third.get('a')).toEqual({ _id: 'a' })
    await third.close()
  })

  it('opened while the engine is being closed get a new one when that is done, with all that was written', async () => {
    const space = createMemorySpace()
    const events: string[] = []
    let isClosing: (() => void) | undefined
    let mayClose: (() => void) | undefined
    const closingBegins = new Promise<void>(resolve => (isClosing = resolve))
    const gate = new Promise<void>(resolve => (mayClose = resolve))
    const storage: StorageSpace = {
      ...space,
      open: async id => {
        const opened = await space.open(id)
        const close = opened.close.bind(opened)
        events.push('open')
        opened.close = async () => {
          isClosing?.()
          await gate
          await close()
          events.push('close')
        }
        return opened
      },
    }
    const first = firekeep('x', { storage })
    await first.put({ _id: 'a' })
    const closing = first.close()
    await closingBegins
    const second = firekeep('x', { storage })
    const found = second.get('a')
    mayClose?.()
    expect(await found).toEqual({ _id: 'a' })
    await closing
    expect(events).toEqual(['open', 'open', 'close', 'close', 'open', 'open'])
    await second.put({ _id: 'b' })
    await second.close()
  })

  it('of other names, or in other spaces, are other databases', async () => {
    const [storage, other] = [createMemorySpace(), createMemorySpace()]
    const handles = [
      firekeep('x', { storage }),
      firekeep('y', { storage }),
      firekeep('x', { storage: other }),
    ]
    for (const [i, db] of handles.entries()) await db.put({ _id: `${i}` })
    for (const [i, db] of handles.entries())
      expect((await db.allDocs()).rows.map(row => row.id)).toEqual([`${i}`])
    const identities = await Promise.all(handles.map(db => db.identity()))
    expect(new Set(identities.map(({ database }) => database)).size).toBe(3)
    await Promise.all(handles.map(db => db.close()))
  })

  it('are one engine also when the module is evaluated again, as on a hot reload', async () => {
    const { space, opened } = countedSpace()
    const handles = [firekeep('x', { storage: space })]
    for (let i = 0; i < 5; i++) {
      vi.resetModules()
      const again = await import('./firekeep.js')
      expect(again.firekeep).not.toBe(firekeep)
      handles.push(again.firekeep('x', { storage: space }))
    }
    await Promise.all(handles.map((db, i) => db.put({ _id: `${i}` })))
    for (const db of handles) expect((await db.allDocs()).rows.length).toBe(6)
    expect(opened.length).toBe(2)
    await Promise.all(handles.map(db => db.close()))
  })

  it('cannot have another key, and a name that is open cannot have another kind of storage', async () => {
    const storage = createMemorySpace()
    const keyed = firekeep('x', { storage, key: KEY })
    const same = firekeep('x', { storage, key: KEY })
    const without = firekeep('x', { storage })
    const refusal = (open: () => unknown) => {
      try {
        return open()
      } catch (error) {
        return error
      }
    }
    const other = refusal(() => firekeep('x', { storage, key: new Uint8Array(32).fill(8) }))
    expect(other).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'key' } })
    const memory = firekeep('x', { storage: 'memory' })
    const files = refusal(() => firekeep('x', { storage: 'files' }))
    expect(files).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'storage' } })
    await Promise.all([keyed, same, without, memory].map(db => db.close()))
    const again = firekeep('x', { storage, key: new Uint8Array(32).fill(8) })
    await again.close()
  })

  it('that are dropped while they listen go on listening', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const storage = createMemorySpace()
    const heard: unknown[] = []
    firekeep('x', { storage }).subscribe(changes => heard.push(changes))
    for (let i = 0; i < 5; i++) {
      await new Promise(setImmediate)
      collectGarbage()
    }
    const db = firekeep('x', { storage })
    await db.put({ _id: 'a' })
    expect(heard).toEqual([[{ _id: 'a' }]])
    await db.destroy()
  })
})
