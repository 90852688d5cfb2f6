import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIndexedDbSpace, type IndexedDbSpaceOptions } from '../../src/storage/indexed-db-storage.js'
import type { Storage, StorageSpace } from '../../src/storage/storage.js'
import { storageConformance } from '../../src/testing/storage-conformance.js'

let spaces = 0

function nextPrefix(): string {
  spaces += 1
  return `storage-test-${spaces}`
}

async function deleteDatabases(prefix: string): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith(`${prefix}/`)) continue
    await new Promise(resolve => {
      indexedDB.deleteDatabase(name).onsuccess = resolve
    })
  }
}

storageConformance(
  {
    name: 'IndexedDB',
    createSpace: async () => createIndexedDbSpace({ prefix: nextPrefix() }),
    reopenSpace: async space => createIndexedDbSpace({ prefix: prefixOf(space) }),
    rawBytes: space => recordsOf(`${prefixOf(space)}/first`),
    disposeSpace: space => deleteDatabases(prefixOf(space)),
  },
  { describe, expect, it },
)

/** All records, fillers and segments included. */
async function recordsOf(name: string): Promise<Uint8Array[]> {
  const request = indexedDB.open(name)
  await new Promise(resolve => {
    request.onsuccess = resolve
  })
  const all = request.result.transaction('records').objectStore('records').getAll()
  await new Promise(resolve => {
    all.onsuccess = resolve
  })
  request.result.close()
  return all.result.filter(value => value instanceof Uint8Array)
}

function prefixOf(space: StorageSpace): string {
  return space.id.slice('indexeddb:'.length)
}

describe('the IndexedDB storage', () => {
  let prefix: string
  const open: Storage[] = []

  beforeEach(() => {
    prefix = nextPrefix()
  })

  afterEach(async () => {
    vi.restoreAllMocks()
    await Promise.all(open.splice(0).map(storage => storage.close()))
    await deleteDatabases(prefix)
  })

  async function openStorage(
    options: IndexedDbSpaceOptions = {},
    durability: 'relaxed' | 'strict' = 'relaxed',
  ): Promise<Storage> {
    const storage = await createIndexedDbSpace({ prefix, ...options }).open('db', { durability })
    open.push(storage)
    return storage
  }

  /** The connections that are opened from now on. */
  function watchConnections(): IDBDatabase[] {
    const connections: IDBDatabase[] = []
    const original = IDBFactory.prototype.open
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, name, version) {
      const request = original.call(this, name, version)
      request.addEventListener('success', () => connections.push(request.result))
      return request
    })
    return connections
  }

  async function openRaw(version?: number): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(`${prefix}/db`, version)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
      request.onblocked = () => reject(new Error('the storage did not let go of its connection'))
    })
  }

  async function rawKeys(): Promise<IDBValidKey[]> {
    const database = await openRaw()
    const request = database.transaction('records').objectStore('records').getAllKeys()
    await new Promise(resolve => {
      request.onsuccess = resolve
    })
    database.close()
    return request.result
  }

  it('makes no database before the first batch', async () => {
    const storage = await openStorage()
    expect(await storage.get('a')).toBeUndefined()
    expect(await storage.getAll('')).toEqual([])
    const names = async () => (await indexedDB.databases()).map(({ name }) => name)
    expect(await names()).not.toContain(`${prefix}/db`)
    await storage.batch([['a', new Uint8Array([1])]], [])
    expect(await names()).toContain(`${prefix}/db`)
  })

  it('goes on after the browser closed its connection, with and without telling', async () => {
    const connections = watchConnections()
    const storage = await openStorage()
    await storage.batch([['a', new Uint8Array([1])]], [])
    connections[0]?.close()
    expect(await storage.get('a')).toEqual(new Uint8Array([1]))
    connections[1]?.close()
    connections[1]?.dispatchEvent(new Event('close'))
    await storage.batch([['b', new Uint8Array([2])]], [])
    connections[2]?.close()
    await storage.batch([['b', new Uint8Array([3])]], ['a'])
    expect(await storage.getAll('')).toEqual([['b', new Uint8Array([3])]])
    expect(connections).toHaveLength(4)
  })

  it('reopens a bounded number of times, ever later', async () => {
    const waits: number[] = []
    const storage = await openStorage({ sleep: async milliseconds => void waits.push(milliseconds) })
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('internal error', 'UnknownError')
    })
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(waits).toEqual([10, 40, 160, 640])
    vi.restoreAllMocks()
    expect(await storage.get('a')).toBeUndefined()
  })

  it('lets go of its connection for a newer version, and says that it needs that version then', async () => {
    const storage = await openStorage()
    await storage.batch([['a', new Uint8Array([1])]], [])
    const newer = await openRaw(2)
    newer.close()
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    await expect(storage.batch([['b', new Uint8Array([1])]], [])).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    })
  })

  it('is CLOSED when somebody deletes the database, also while it is not connected', async () => {
    const connections = watchConnections()
    const [connected, lost] = [await openStorage(), await openStorage()]
    await connected.batch([['a', new Uint8Array([1])]], [])
    await lost.get('a')
    connections[1]?.close()
    const poked = new Promise<void>(resolve => connected.watch(resolve))
    await new Promise(resolve => {
      indexedDB.deleteDatabase(`${prefix}/db`).onsuccess = resolve
    })
    await poked
    for (const storage of [connected, lost]) {
      await expect(storage.batch([['b', new Uint8Array([1])]], [])).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(storage.get('a')).rejects.toMatchObject({ code: 'CLOSED' })
    }
  })

  it('rejects a batch whose transaction the browser aborts, and writes nothing of it', async () => {
    const storage = await openStorage()
    await storage.batch([['a', new Uint8Array([1])]], [])
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.abort()
    })
    await expect(storage.batch([['b', new Uint8Array([1])]], ['a'])).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
    expect(await storage.list('')).toEqual(['a'])
  })

  it.each(['relaxed', 'strict'] as const)('writes with %s durability when asked to', async durability => {
    const seen = new Set<string>()
    const commit = IDBTransaction.prototype.commit
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
      seen.add(this.durability)
      commit.call(this)
    })
    const storage = await openStorage({}, durability)
    await storage.batch([['a', new Uint8Array([1])]], [])
    expect([...seen]).toEqual([durability])
  })

  it('writes a record with one request, and replaces one with as few', async () => {
    const storage = await openStorage()
    await storage.batch([['first', new Uint8Array(700)]], [])
    const requests: string[] = []
    for (const method of [
      'add',
      'put',
      'get',
      'getAll',
      'getAllKeys',
      'getKey',
      'delete',
      'openCursor',
    ] as const) {
      const original = IDBObjectStore.prototype[method] as (...args: unknown[]) => IDBRequest
      vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
        this: IDBObjectStore,
        ...args: unknown[]
      ) {
        requests.push(method)
        return original.apply(this, args)
      } as never)
    }
    await storage.batch([['second', new Uint8Array(700)]], [])
    expect(requests.splice(0)).toEqual(['add'])
    await storage.batch([['second', new Uint8Array(701)]], [])
    requests.splice(0)
    await storage.batch([['second', new Uint8Array(702)]], [])
    expect(requests).toEqual(['delete', 'put'])
    expect((await storage.get('second'))?.length).toBe(702)
  })

  it('leaves no segment of a large value behind, and reads only those it needs', async () => {
    const storage = await openStorage({ reserve: 0 })
    await storage.batch([['large', new Uint8Array(400_000).fill(7)]], [])
    expect(await rawKeys()).toEqual(['large', ['large', 0], ['large', 1], ['large', 2], ['large', 3]])
    const segments = vi.spyOn(IDBObjectStore.prototype, 'getAll')
    expect(await storage.getRange('large', 131_071, 2)).toEqual(new Uint8Array([7, 7]))
    const range = segments.mock.calls[0]?.[0] as IDBKeyRange
    expect([range.lower, range.upper]).toEqual([
      ['large', 0],
      ['large', 1],
    ])
    await storage.batch([['large', new Uint8Array(131_073)]], [])
    expect(await rawKeys()).toEqual(['large', ['large', 0], ['large', 1]])
    await storage.batch([['large', new Uint8Array(131_072)]], [])
    expect(await rawKeys()).toEqual(['large'])
    await storage.batch([['large', new Uint8Array(300_000)]], [])
    await storage.batch([], ['large'])
    expect(await rawKeys()).toEqual([])
  })

  it('lists keys without loading values', async () => {
    const storage = await openStorage()
    await storage.batch(
      [
        ['pack', new Uint8Array(1_000_000)],
        ['small', new Uint8Array(10)],
      ],
      [],
    )
    const loads = (['get', 'getAll', 'openCursor'] as const).map(method =>
      vi.spyOn(IDBObjectStore.prototype, method),
    )
    expect(await storage.list('')).toEqual(['pack', 'small'])
    for (const load of loads) expect(load).not.toHaveBeenCalled()
  })

  it('loads of a value of 4 MiB no more than the segments a range lies in', async () => {
    const storage = await openStorage()
    await storage.batch([['pack', new Uint8Array(4_194_304).fill(3)]], [])
    const segments = vi.spyOn(IDBObjectStore.prototype, 'getAll')
    expect(await storage.getRange('pack', 3_000_000, 300_000)).toHaveLength(300_000)
    const ranges = segments.mock.calls.map(([range]) => range as IDBKeyRange)
    expect(ranges.map(({ lower, upper }) => [lower, upper])).toEqual([
      [
        ['pack', 22],
        ['pack', 25],
      ],
    ])
  })

  it.each(['commit', 'put'] as const)('writes none of several large values where %s fails', async method => {
    const storage = await openStorage()
    await storage.batch(
      [
        ['a', new Uint8Array(300_000)],
        ['b', new Uint8Array([1])],
      ],
      [],
    )
    let calls = 0
    const original = IDBObjectStore.prototype.put
    if (method === 'commit') {
      vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
        this.abort()
      })
    } else {
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
        calls += 1
        if (calls === 50) throw new DOMException('out of memory', 'UnknownError')
        return original.apply(this, args)
      })
    }
    const packs = [1, 2].map(which => [`pack/${which}`, new Uint8Array(4_194_304).fill(which)] as const)
    await expect(storage.batch(packs, ['a', 'b'])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    vi.restoreAllMocks()
    expect(await storage.list('')).toEqual(['a', 'b'])
    expect((await rawKeys()).filter(key => Array.isArray(key))).toHaveLength(3)
    expect(await storage.get('a')).toHaveLength(300_000)
  })

  it('holds back more the more is stored, also after it was dropped', async () => {
    const held = async () => (await rawKeys()).filter(key => typeof key === 'number')
    const storage = await openStorage()
    await storage.batch([['a', new Uint8Array(1_000)]], [])
    expect(await held()).toEqual([262_144])
    for (let round = 0; round < 30; round += 1)
      await storage.batch([[`k${round}`, new Uint8Array(20_000)]], [])
    expect(await held()).toEqual([262_144])
    await storage.batch([['pack', new Uint8Array(4_194_304)]], [])
    expect(await held()).toEqual([1_048_576])
    const other = await openStorage()
    await other.batch([['b', new Uint8Array(1_000)]], ['pack'])
    expect(await held()).toEqual([1_048_576])
  })

  it('holds back no more for one value that is written again and again', async () => {
    const storage = await openStorage()
    for (let round = 0; round < 30; round += 1) await storage.batch([['same', new Uint8Array(50_000)]], [])
    expect((await rawKeys()).filter(key => typeof key === 'number')).toEqual([262_144])
  })

  it('stores the part of a buffer that a view shows, and no more', async () => {
    const storage = await openStorage({ reserve: 0 })
    await storage.batch([['a', new Uint8Array(1_000_000).subarray(5, 8)]], [])
    const stored = await storage.get('a')
    expect(stored?.buffer.byteLength).toBe(3)
  })

  it('tells of usage, quota and persistence', async () => {
    const storage = await openStorage()
    const info = await storage.info()
    expect(info).toMatchObject({ kind: 'indexeddb', persisted: expect.any(Boolean) })
    expect(info.quota).toBeGreaterThan(info.usage as number)
    expect(await storage.persist()).toBe(await navigator.storage.persisted())
  })

  it('and another thread that writes at the same time lose nothing, and poke each other', async () => {
    const storage = await openStorage()
    const worker = new Worker(new URL('./storage-worker.ts', import.meta.url), { type: 'module' })
    const count = 100
    const acknowledged: string[] = []
    const done = new Promise<void>(resolve => {
      worker.onmessage = ({ data }) => (data === 'done' ? resolve() : acknowledged.push(data))
    })
    const poked = new Promise<void>(resolve => storage.watch(resolve))
    worker.postMessage({ prefix, name: 'worker', count })
    for (let batch = 0; batch < count; batch += 1) {
      const key = `page/${String(batch).padStart(4, '0')}`
      await storage.batch([[key, new Uint8Array([batch])]], [])
      acknowledged.push(key)
    }
    await done
    await poked
    worker.terminate()
    expect(await storage.list('')).toEqual(acknowledged.sort())
    expect(acknowledged).toHaveLength(2 * count)
  })

  it('lets another page of its origin in: an iframe writes, this one sees it', async () => {
    const storage = await openStorage()
    await storage.batch([['a', new Uint8Array([1])]], [])
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const other = (frame.contentWindow as unknown as typeof globalThis).indexedDB
    const database = await new Promise<IDBDatabase>(resolve => {
      const request = other.open(`${prefix}/db`)
      request.onsuccess = () => resolve(request.result)
    })
    const transaction = database.transaction('records', 'readwrite')
    transaction.objectStore('records').put(new Uint8Array([2]), 'b')
    await new Promise(resolve => {
      transaction.oncomplete = resolve
    })
    database.close()
    frame.remove()
    expect(await storage.list('')).toEqual(['a', 'b'])
  })
})
