import { describe, expect, it } from 'vitest'
import { deriveSecrets, readSecretOf } from '../crypto/secrets.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { Storage } from '../storage/storage.js'
import { type DataRemoval, KeyStore } from './key-store.js'

let minted = 0
/** Different bytes at each call, the same in each run of a test that asks in the same order. */
function mint(length: number): Uint8Array {
  minted += 1
  return Uint8Array.from({ length }, (_, i) => (minted * 31 + i * 7) & 255)
}

const key = new Uint8Array(32).fill(3)
const otherKey = new Uint8Array(32).fill(4)

/** Two tabs: two key stores, each with its own handle of one storage. */
async function openTwo(): Promise<{ one: KeyStore; two: KeyStore; storage: Storage }> {
  const space = createMemorySpace()
  const storage = await space.open('keys')
  return { one: new KeyStore(storage), two: new KeyStore(await space.open('keys')), storage }
}

async function replaceRecord(
  storage: Storage,
  change: (record: Record<string, unknown>) => unknown,
): Promise<void> {
  const [entry] = await storage.getAll('name/')
  if (entry === undefined) throw new Error('there is no record')
  const changed = change(JSON.parse(new TextDecoder().decode(entry[1])))
  await storage.batch(
    [[entry[0], utf8ToBytes(typeof changed === 'string' ? changed : JSON.stringify(changed))]],
    [],
  )
}

const NO_DATA: DataRemoval = { removeOne: async () => undefined, removeAll: async () => undefined }

describe('the key store', () => {
  it('finds nothing under a new name, and writes nothing by looking', async () => {
    const { one, storage } = await openTwo()
    expect(await one.find('todos')).toBeUndefined()
    expect(await one.list()).toEqual([])
    expect(await storage.list('')).toEqual([])
  })

  it('claims a name once and finds it again, in other tabs too', async () => {
    const { one, two } = await openTwo()
    const claimed = await one.claim('todos', { mint })
    const found = await two.find('todos')
    expect(found).toEqual({
      name: 'todos',
      storageId: claimed.storageId,
      lineageId: claimed.lineageId,
      root: claimed.secrets.root,
      readSecret: undefined,
      authorSeed: claimed.authorSeed,
    })
    expect(claimed.storageId).toMatch(/^[a-z0-9]{1,64}$/)
    expect((await two.claim('todos', { mint })).secrets.root).toEqual(claimed.secrets.root)
  })

  it('gives two tabs that claim a name at once the same key', async () => {
    const { one, two } = await openTwo()
    const claims = await Promise.all([one, two, one, two].map(store => store.claim('todos', { mint })))
    const [first] = claims
    for (const { name, storageId, lineageId, authorSeed, secrets } of claims) {
      expect({ name, storageId, lineageId, authorSeed, root: secrets.root }).toEqual({
        name: 'todos',
        storageId: first?.storageId,
        lineageId: first?.lineageId,
        authorSeed: first?.authorSeed,
        root: first?.secrets.root,
      })
    }
    expect(await one.list()).toEqual(['todos'])
  })

  it('gives every name its own storage and key', async () => {
    const { one } = await openTwo()
    const [a, b] = [await one.claim('a', { mint }), await one.claim('b', { mint })]
    expect(a.storageId).not.toBe(b.storageId)
    expect(a.lineageId).not.toBe(b.lineageId)
    expect(a.authorSeed).not.toEqual(b.authorSeed)
  })

  it('takes any name, and storage keys stay short ASCII', async () => {
    const { one, storage } = await openTwo()
    const names = ['../../etc', '\u0000', '\u{1f600}'.repeat(63), 'a', 'Ä', 'z']
    for (const name of names) await one.claim(name, { mint })
    expect(await one.list()).toEqual(names.toSorted())
    for (const key of await storage.list('')) expect(key).toMatch(/^[\x21-\x7e]{1,256}$/)
  })

  it('forgets a name that is removed, and removing it again is fine', async () => {
    const { one, two } = await openTwo()
    const before = await one.claim('todos', { mint })
    await one.claim('other', { mint })
    await one.remove('todos', NO_DATA)
    await one.remove('todos', NO_DATA)
    expect(await two.list()).toEqual(['other'])
    expect((await two.claim('todos', { mint })).lineageId).not.toBe(before.lineageId)
  })
})

describe('a key that is given', () => {
  it('is used and not stored', async () => {
    const { one, two, storage } = await openTwo()
    const claimed = await one.claim('todos', { key, mint })
    expect(claimed.secrets.root).toEqual(key)
    expect(claimed.lineageId).toBe((await deriveSecrets(key)).lineageId)
    expect((await two.find('todos'))?.root).toBeUndefined()
    const [entry] = await storage.getAll('')
    expect(new TextDecoder().decode(entry?.[1])).not.toContain(Buffer.from(key).toString('base64url'))
  })

  it('must be given each time: without it the key is missing, and nothing is minted', async () => {
    const { one, two, storage } = await openTwo()
    await one.claim('todos', { key, mint })
    const before = await storage.getAll('')
    const noMint = () => expect.unreachable('a secret was minted')
    await expect(two.claim('todos', { mint: noMint })).rejects.toMatchObject({ code: 'KEY_MISSING' })
    expect(await storage.getAll('')).toEqual(before)
    expect((await two.claim('todos', { key, mint: noMint })).secrets.root).toEqual(key)
  })

  it('is wrong when it is not the one of this database, kept or not, and nothing is written', async () => {
    const { one, two, storage } = await openTwo()
    await one.claim('given', { key, mint })
    await one.claim('minted', { mint })
    const before = await storage.getAll('')
    for (const name of ['given', 'minted']) {
      await expect(two.claim(name, { key: otherKey, mint })).rejects.toMatchObject({ code: 'WRONG_KEY' })
    }
    expect(await storage.getAll('')).toEqual(before)
  })

  it('opens a database whose key is kept, if it is the same', async () => {
    const { one } = await openTwo()
    const { secrets } = await one.claim('todos', { mint })
    expect((await one.claim('todos', { key: secrets.root, mint })).secrets.lineageId).toBe(secrets.lineageId)
  })

  it('decides between two tabs that give different ones: the second is wrong', async () => {
    const { one, two } = await openTwo()
    const outcomes = await Promise.allSettled([
      one.claim('todos', { key, mint }),
      two.claim('todos', { key: otherKey, mint }),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(outcome => outcome.status === 'rejected')).toMatchObject({
      reason: { code: 'WRONG_KEY' },
    })
  })
})

describe('a secret that is kept', () => {
  it('makes the entry, and opens it with the right it gives', async () => {
    const { one, two } = await openTwo()
    const all = await deriveSecrets(key)
    await one.keep('to read', readSecretOf(all), mint)
    await one.keep('to write', key, mint)
    for (const [name, root] of [
      ['to read', undefined],
      ['to write', key],
    ] as const) {
      const entry = await two.find(name)
      expect(entry).toMatchObject({ name, root, lineageId: all.lineageId })
      const { secrets } = await two.unlock(entry as NonNullable<typeof entry>)
      expect(secrets).toMatchObject({ root, lineageId: all.lineageId, contentKey: all.contentKey })
      expect((await two.claim(name, { mint })).secrets.root).toEqual(root)
    }
    expect((await two.findLineage(all.lineageId)).map(({ name }) => name)).toEqual(['to read', 'to write'])
    expect(await two.findLineage('a'.repeat(52))).toEqual([])
  })

  it('adds to an entry and takes nothing away, whatever the order, in tabs at once too', async () => {
    const all = await deriveSecrets(key)
    const secrets = [key, readSecretOf(all), readSecretOf(all), key]
    for (let first = 0; first < secrets.length; first++) {
      const { one, two } = await openTwo()
      const order = [...secrets.slice(first), ...secrets.slice(0, first)]
      const { storageId, authorSeed } = await one.keep('todos', order[0] as Uint8Array, mint)
      await Promise.all(order.map((secret, i) => [one, two][i % 2]?.keep('todos', secret, mint)))
      expect(await two.find('todos')).toMatchObject({ storageId, authorSeed, root: key })
    }
  })

  it('is added where the user gave the key each time until then', async () => {
    const { one, two } = await openTwo()
    const { secrets } = await one.claim('todos', { key, mint })
    await one.keep('todos', readSecretOf(secrets), mint)
    expect((await two.claim('todos', { mint })).secrets.root).toBeUndefined()
    expect((await two.claim('todos', { key, mint })).secrets.root).toEqual(key)
    await one.keep('todos', key, mint)
    expect((await two.claim('todos', { mint })).secrets.root).toEqual(key)
  })

  it('writes nothing under the name of another database, and answers with that', async () => {
    const { one, storage } = await openTwo()
    const { lineageId } = await one.claim('todos', { mint })
    const before = await storage.getAll('')
    expect(await one.keep('todos', key, mint)).toMatchObject({ lineageId })
    expect(await storage.getAll('')).toEqual(before)
  })

  it('goes with the name', async () => {
    const { one, two, storage } = await openTwo()
    const all = await deriveSecrets(key)
    await one.keep('todos', readSecretOf(all), mint)
    await one.keep('todos', key, mint)
    expect((await storage.list('')).length).toBe(2)
    await two.remove('todos', NO_DATA)
    expect(await storage.list('')).toEqual([])
  })

  it('is not added to a name that is removed meanwhile: it is made anew', async () => {
    const { one, two, storage } = await openTwo()
    const all = await deriveSecrets(key)
    await one.keep('todos', readSecretOf(all), mint)
    const batch = storage.batch.bind(storage)
    storage.batch = async (...call) => {
      storage.batch = batch
      await two.remove('todos', NO_DATA)
      await batch(...call)
    }
    expect(await one.keep('todos', key, mint)).toMatchObject({ root: key })
    expect((await two.find('todos'))?.root).toEqual(key)
    expect((await storage.list('')).length).toBe(1)
  })

  it('that is damaged is corrupt', async () => {
    const { one, storage } = await openTwo()
    const all = await deriveSecrets(key)
    const { storageId } = await one.keep('todos', readSecretOf(all), mint)
    for (const damaged of ['', 'AAAA', '!'.repeat(43), 'A'.repeat(86)]) {
      await storage.batch([[`root/${storageId}`, utf8ToBytes(damaged)]], [])
      await expect(one.find('todos')).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    await storage.batch([[`root/${storageId}`, new Uint8Array([255])]], [])
    await expect(one.find('todos')).rejects.toMatchObject({ code: 'CORRUPT' })
  })
})

describe('a record of the key store', () => {
  it('without its root secret opens only with the key', async () => {
    const { one, storage } = await openTwo()
    const { secrets } = await one.claim('todos', { mint })
    await replaceRecord(storage, ({ root, ...rest }) => rest)
    await expect(one.claim('todos', { mint })).rejects.toMatchObject({ code: 'KEY_MISSING' })
    expect((await one.claim('todos', { key: secrets.root, mint })).lineageId).toBe(secrets.lineageId)
  })

  const damages: [what: string, change: (record: Record<string, unknown>) => unknown][] = [
    ['that is no JSON', () => 'nonsense'],
    ['that is no object', () => '5'],
    ['that is null', () => 'null'],
    ['without a version', ({ v, ...rest }) => rest],
    ['of another name', record => ({ ...record, name: 'other' })],
    ['with a storage id that is a path', record => ({ ...record, storageId: '../x' })],
    ['with a short lineage id', record => ({ ...record, lineageId: 'abc' })],
    ['with a short root secret', record => ({ ...record, root: 'AAAA' })],
    ['with another root secret', record => ({ ...record, root: 'A'.repeat(43) })],
    ['with a short read secret', record => ({ ...record, read: 'A'.repeat(43) })],
    ['with a read secret that is a number', record => ({ ...record, read: 5 })],
    ["with another database's read secret", ({ root, ...rest }) => ({ ...rest, read: 'A'.repeat(86) })],
    ['without an author', ({ author, ...rest }) => rest],
  ]

  it.each(damages)('%s is corrupt, and is not replaced', async (_, change) => {
    const { one, storage } = await openTwo()
    await one.claim('todos', { mint })
    await replaceRecord(storage, change)
    const before = await storage.getAll('')
    await expect(one.claim('todos', { mint })).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(await storage.getAll('')).toEqual(before)
  })

  it('of a newer version asks for an upgrade', async () => {
    const { one, storage } = await openTwo()
    await one.claim('todos', { mint })
    await replaceRecord(storage, record => ({ ...record, v: 2 }))
    await expect(one.find('todos')).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })
})

it('a failed write of a new key fails the claim', async () => {
  const { one, storage } = await openTwo()
  await storage.close()
  await expect(one.claim('todos', { mint })).rejects.toMatchObject({ code: 'CLOSED' })
})

describe('the entry of a fork', () => {
  const nonce = new Uint8Array(16).fill(7)

  it('shares storage and secrets with its base, and is made once', async () => {
    const { one, two } = await openTwo()
    const base = await one.claim('base', { mint })
    const made = await Promise.all([
      one.addFork('draft', base, nonce),
      two.addFork('draft', base, new Uint8Array(16).fill(8)),
    ])
    expect(made[0]).toEqual(made[1])
    expect(made[0]).toMatchObject({ name: 'draft', storageId: base.storageId, fork: { isCopy: true } })
    expect(made[0]).toMatchObject({ lineageId: base.lineageId, root: base.root, authorSeed: base.authorSeed })
  })

  it('is not made under the name of another database, or of one that came by a link', async () => {
    const { one } = await openTwo()
    const base = await one.claim('base', { mint })
    await one.claim('other', { mint })
    await one.keep('linked', key, mint, nonce)
    for (const name of ['base', 'other', 'linked'])
      expect(await one.addFork(name, base, nonce)).toBeUndefined()
    expect(await one.find('linked')).toMatchObject({ fork: { nonce, isCopy: false } })
  })

  it('takes secrets that came later along only when it is the last of its storage', async () => {
    const { one, storage } = await openTwo()
    const secrets = await deriveSecrets(key)
    const base = await one.keep('base', readSecretOf(secrets), mint)
    await one.keep('base', key, mint)
    await one.addFork('draft', base, nonce)
    await one.remove('draft', NO_DATA)
    expect(await one.find('base')).toMatchObject({ root: key })
    await one.remove('base', NO_DATA)
    expect(await storage.list('')).toEqual([])
  })

  it('and its base, removed at once by two tabs, leave nothing: the last one takes all', async () => {
    const { one, two, storage } = await openTwo()
    const base = await one.claim('base', { mint })
    await one.addFork('draft', base, nonce)
    const removed: string[] = []
    const data: DataRemoval = {
      removeOne: async ({ name }) => void removed.push(name),
      removeAll: async storageId => void removed.push(storageId),
    }
    await Promise.all([one.remove('base', data), two.remove('draft', data)])
    expect(removed.slice(0, 2).sort()).toEqual(['base', 'draft'])
    expect(removed.slice(2)).toEqual([base.storageId])
    expect(await storage.list('')).toEqual([])
  })

  it('that is made while its base is removed keeps the data', async () => {
    const { one, two, storage } = await openTwo()
    const base = await one.claim('base', { mint })
    const batch = storage.batch.bind(storage)
    storage.batch = async (...call) => {
      storage.batch = batch
      await two.addFork('draft', base, nonce)
      await batch(...call)
    }
    const kinds: string[] = []
    await one.remove('base', {
      removeOne: async () => void kinds.push('one'),
      removeAll: async () => void kinds.push('all'),
    })
    expect(kinds).toEqual(['one'])
    expect(await two.list()).toEqual(['draft'])
    await expect(two.addFork('second', base, nonce)).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('whose removal was interrupted is removed by who comes next', async () => {
    const { one, two, storage } = await openTwo()
    const { storageId } = await one.claim('base', { mint })
    const dies = async () => {
      throw new Error('killed')
    }
    await expect(one.remove('base', { ...NO_DATA, removeAll: dies })).rejects.toThrow('killed')
    expect(await two.find('base')).toBeUndefined()
    expect((await storage.list('')).length).toBe(1)
    const removed: string[] = []
    await two.finishRemovals({ removeAll: async id => void removed.push(id) })
    expect(removed).toEqual([storageId])
    expect(await storage.list('')).toEqual([])
  })

  it('is refused where its nonce is damaged', async () => {
    const { one, storage } = await openTwo()
    await one.keep('draft', key, mint, nonce)
    for (const change of [{ fork: 'short' }, { fork: 1 }, { copy: 'yes' }]) {
      await replaceRecord(storage, record => ({ ...record, ...change }))
      await expect(one.find('draft')).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })
})
