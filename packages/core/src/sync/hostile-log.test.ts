import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { type Block, DAG_CBOR, DAG_JSON, hashBlock } from '../codec/block.js'
import { parseCid } from '../codec/cid.js'
import { createAuthor } from '../crypto/identity.js'
import { deriveSecrets } from '../crypto/secrets.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogPage, LogPosition, RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { LogForger } from './fixtures/log-forger.js'
import { ManualDelay } from './fixtures/manual-delay.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { idsIn, KEY, openReporting } from './fixtures/open-reporting.js'
import { RestorableRemote } from './fixtures/restorable-remote.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** A remote that may change what it is given, with the right running hashes for what it made of it. */
class MeddlingRemote extends WrappedRemote {
  appended = 0

  constructor(change: (pack: Uint8Array, seq: number) => Uint8Array) {
    super(
      log =>
        new MeddlingLog(log, pack => {
          this.appended += 1
          return change(pack, this.appended)
        }),
    )
  }
}

class MeddlingLog extends ForwardingLog {
  readonly #change: (pack: Uint8Array) => Uint8Array

  constructor(log: RemoteLog, change: (pack: Uint8Array) => Uint8Array) {
    super(log)
    this.#change = change
  }

  override append(pack: Uint8Array): Promise<LogPosition> {
    return super.append(this.#change(pack))
  }
}

function damaged(pack: Uint8Array): Uint8Array {
  return pack.with(-1, (pack.at(-1) as number) ^ 1)
}

describe('a commit that breaks a rule is reported and dropped, and what is valid goes on', () => {
  type Forgery = (forger: LogForger) => Promise<readonly Block[]>
  const cases: readonly [name: string, forge: Forgery, code: string, message: RegExp][] = [
    [
      'scenario 26: without a grant by the write key',
      async forger => {
        const { writeKey } = await deriveSecrets(new Uint8Array(32).fill(8))
        const author = await createAuthor(new Uint8Array(32).fill(1), { ...forger.secrets, writeKey })
        return (await forger.put('bad', { bad: true }, { author })).blocks
      },
      'INVALID_COMMIT',
      /no right to write/,
    ],
    [
      "with another author's grant",
      async forger => {
        const other = await createAuthor(new Uint8Array(32).fill(2), forger.secrets)
        return (await forger.put('bad', { bad: true }, { author: { ...forger.author, grant: other.grant } }))
          .blocks
      },
      'INVALID_COMMIT',
      /no right to write/,
    ],
    [
      'with a broken signature',
      async forger => {
        const sign = async (message: Uint8Array) => (await forger.author.sign(message)).with(5, 1).with(6, 2)
        return (await forger.put('bad', { bad: true }, { author: { ...forger.author, sign } })).blocks
      },
      'INVALID_COMMIT',
      /signature/,
    ],
    [
      'of another database',
      async forger => (await forger.put('bad', { bad: true }, { db: new Uint8Array(32).fill(1) })).blocks,
      'INVALID_COMMIT',
      /another database/,
    ],
    [
      'of the wrong height',
      async forger => {
        const { commit, blocks } = await forger.put('good parent', {})
        const child = await forger.put('bad', { bad: true }, { parents: [commit.cid], height: 5 })
        return [...blocks, ...child.blocks]
      },
      'INVALID_COMMIT',
      /height/,
    ],
    [
      'whose content is another',
      async forger => {
        const { commit, blocks } = await forger.put('bad', { bad: true })
        const { bytes } = await hashBlock(DAG_JSON, new Uint8Array(9))
        return [commit, { ...(blocks[1] as Block), bytes }]
      },
      'CORRUPT',
      /damaged/,
    ],
    [
      'whose bytes are others',
      async forger => {
        const [first, second] = [await forger.put('bad', { bad: true }), await forger.put('other bad', {})]
        return [
          { cid: first.commit.cid, bytes: second.commit.bytes },
          ...first.blocks.slice(1),
          second.blocks[1] as Block,
        ]
      },
      'CORRUPT',
      /damaged/,
    ],
  ]

  it.each(cases)('%s', async (_, forge, code, message) => {
    const log = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const { db, reported } = openReporting({ seed: 1 })
    await db.put({ _id: 'mine' })
    const attachment = db.attach(log)
    await attachment.synced()
    await (await openRawLog(log, KEY)).append(
      await forger.pack(...(await forge(forger)), ...(await forger.put('good', {})).blocks),
    )
    await attachment.synced()
    expect(reported).toMatchObject([{ code, message: expect.stringMatching(message) }])
    expect((await idsIn(db)).filter(id => id !== 'good parent')).toEqual(['good', 'mine'])
    // Nothing makes the replica send what the log has.
    await db.put({ _id: 'again' })
    await attachment.synced()
    expect((await (await openRawLog(log, KEY)).entries()).length).toBe(3)
    await db.close()
  })

  it('a commit whose content was erased is valid: reading it is PRUNED, also over a restart', async () => {
    const log = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const space = createMemorySpace()
    const erased = await forger.put('erased', { n: 1 })
    const { blocks } = await forger.put('good', { n: 2 }, { parents: [erased.commit.cid], height: 2 })
    await (await openRawLog(log, KEY)).append(await forger.pack(erased.commit, ...blocks))
    for (const seed of [1, 2]) {
      const { db, reported } = openReporting({ seed, space })
      await db.attach(log).synced()
      expect(reported).toEqual([])
      await expect(db.get('erased')).rejects.toMatchObject({ code: 'PRUNED' })
      expect(await idsIn(db)).toEqual(['good'])
      expect((await db.query('n')).docs).toEqual([{ _id: 'good', n: 2 }])
      expect((await db.changes()).docs).toEqual([{ _id: 'good', n: 2 }])
      await expect(db.changes([])).rejects.toMatchObject({ code: 'PRUNED' })
      await db.close()
    }
    // Nothing makes the replica send what the log has.
    const { db } = openReporting({ seed: 3, space })
    await db.put({ _id: 'erased', n: 3 })
    await db.attach(log).synced()
    expect((await (await openRawLog(log, KEY)).entries()).length).toBe(2)
    expect(await idsIn(db)).toEqual(['erased', 'good'])
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('a commit that shares its content with a known one is stored with it', async () => {
    const log = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const space = createMemorySpace()
    const { db } = openReporting({ seed: 1, space })
    const first = await forger.put('first', { n: 1 })
    await (await openRawLog(log, KEY)).append(await forger.pack(...first.blocks))
    await db.attach(log).synced()
    const second = await forger.put('second', {}, { body: first.blocks[1] as Block, time: 5 })
    await (await openRawLog(log, KEY)).append(await forger.pack(...first.blocks, ...second.blocks))
    await db.attach(log).synced()
    await db.close()
    const again = openReporting({ seed: 2, space }).db
    const both = [
      { _id: 'first', n: 1 },
      { _id: 'second', n: 1 },
    ]
    expect((await again.allDocs()).docs).toEqual(both)
    expect(await again.changes()).toMatchObject({ docs: expect.arrayContaining(both) })
    await again.close()
  })

  it('a commit of a newer format is kept, and what builds on it stays pending, also over a restart', async () => {
    const log = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const newer = await hashBlock(DAG_CBOR, dagCbor.encode({ v: 2, what: 'nobody knows' }))
    const content = await hashBlock(DAG_JSON, new Uint8Array(5))
    const child = await forger.put('child', {}, { parents: [newer.cid], height: 2 })
    await (await openRawLog(log, KEY)).append(
      await forger.pack(newer, content, ...child.blocks, ...(await forger.put('good', {})).blocks),
    )
    const space = createMemorySpace()
    for (const seed of [1, 2]) {
      const { db, reported } = openReporting({ seed, space })
      await db.attach(log).synced()
      expect(await idsIn(db)).toEqual(['good'])
      expect(reported).toEqual([])
      await db.close()
    }
    expect((await (await openRawLog(log, KEY)).entries()).length).toBe(1)
  })
})

describe('a log that cannot be trusted', () => {
  it('that damaged a pack gets what was in it again, and what builds on it is not lost on anybody', async () => {
    const remote = new MeddlingRemote((pack, seq) => (seq === 1 ? damaged(pack) : pack))
    const writer = openReporting({ seed: 1 })
    await writer.db.put({ _id: 'a' })
    const attachment = writer.db.attach(remote)
    await attachment.synced().catch(error => expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE' }))
    await writer.db.put({ _id: 'b' })
    await attachment.synced()
    const reader = openReporting({ seed: 2 })
    await reader.db.attach(remote).synced()
    expect(await idsIn(reader.db)).toEqual(['a', 'b'])
    expect(await reader.db.clock()).toEqual(await writer.db.clock())
    expect(writer.reported).toMatchObject([{ code: 'CORRUPT' }])
    await Promise.all([writer.db.close(), reader.db.close()])
  })

  it('that damaged a pack in the middle while its writer was away gets it again when he is back', async () => {
    const remote = new MeddlingRemote((pack, seq) => (seq === 2 ? damaged(pack) : pack))
    const space = createMemorySpace()
    const away = openReporting({ seed: 1, space })
    await away.db.put({ _id: 'a' })
    const first = away.db.attach(remote)
    await first.synced()
    // Its second pack is damaged on its way; the third builds on it.
    const forger = await LogForger.create(KEY)
    await away.db.put({ _id: 'b' })
    await first.synced().catch(() => undefined)
    const [tip] = await away.db.clock()
    const third = await forger.put('c', {}, { parents: [parseCid(tip as string)], height: 3 })
    await (await openRawLog(remote.remote, KEY)).append(await forger.pack(...third.blocks))
    await away.db.close()
    const back = openReporting({ seed: 3, space })
    await back.db.attach(remote).synced()
    const reader = openReporting({ seed: 2 })
    await reader.db.attach(remote).synced()
    expect(await idsIn(reader.db)).toEqual(['a', 'b', 'c'])
    await Promise.all([back.db.close(), reader.db.close()])
  })

  it('that damages everything is told to be unusable, not fed for ever', async () => {
    const remote = new MeddlingRemote(damaged)
    const { db } = openReporting({ seed: 1 })
    await db.put({ _id: 'a' })
    const attachment = db.attach(remote)
    await expect(attachment.synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(remote.appended).toBeLessThan(4)
    expect(await idsIn(db)).toEqual(['a'])
    await db.close()
  })

  it('that damages everything is not fed past the waits between tries by the news of what one fed it', async () => {
    const remote = new MeddlingRemote(damaged)
    const { db } = openReporting({ seed: 1, delay: new ManualDelay().delay })
    await db.put({ _id: 'a' })
    await expect(db.attach(remote).synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    for (let i = 0; i < 100; i++) await new Promise(setImmediate)
    await db.close()
    expect(remote.appended).toBeLessThan(4)
  })

  it('whose running hashes are wrong from the start is told to be unusable', async () => {
    const { db } = openReporting({ seed: 1 })
    const lying = new WrappedRemote(log => new MadeUpLog(log))
    await expect(db.attach(lying).synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await db.close()
  })

  it('that acknowledges and keeps nothing is told to be unusable', async () => {
    const { db } = openReporting({ seed: 1 })
    await db.put({ _id: 'a' })
    const empty = new WrappedRemote(log => new ForgetfulLog(log))
    await expect(db.attach(empty).synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await db.close()
  })

  it('scenario 22: that is restored from a backup while replicas are attached gets all again', async () => {
    const log = new RestorableRemote()
    const [a, b] = [openReporting({ seed: 1 }), openReporting({ seed: 2 })]
    const [first, second] = [a.db.attach(log), b.db.attach(log)]
    await a.db.put({ _id: 'kept' })
    await first.synced()
    await log.backUp()
    for (let i = 0; i < 5; i++) {
      await a.db.put({ _id: `lost ${i}` })
      await first.synced()
    }
    await second.synced()
    await a.db.close()
    await log.restore()
    await b.db.put({ _id: 'new' })
    await second.synced()
    expect(b.reported.map(({ code }) => code)).toEqual(['REMOTE_ROLLED_BACK'])
    const reader = openReporting({ seed: 3 })
    await reader.db.attach(log).synced()
    expect(await idsIn(reader.db)).toEqual([
      'kept',
      ...Array.from({ length: 5 }, (_, i) => `lost ${i}`),
      'new',
    ])
    expect(await reader.db.clock()).toEqual(await b.db.clock())
    await Promise.all([b.db.close(), reader.db.close()])
  })
})

describe('closing', () => {
  it('does not wait for a remote that does not answer', async () => {
    const { db } = openReporting({ seed: 1 })
    await db.put({ _id: 'a' })
    const hanging = new WrappedRemote(log => new HangingLog(log))
    const waiting = db.attach(hanging).synced()
    const [, outcome] = await Promise.all([db.close(), waiting.catch(error => error)])
    expect(outcome).toMatchObject({ code: 'CLOSED' })
  })

  it('by destroying through one handle ends the exchange of the others: nothing is made again', async () => {
    const log = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const space = createMemorySpace()
    const [one, other] = [openReporting({ seed: 1, space }).db, openReporting({ seed: 1, space }).db]
    const attachment = one.attach(log)
    await one.put({ _id: 'a' })
    await attachment.synced()
    await other.destroy()
    await (await openRawLog(log, KEY)).append(await forger.pack(...(await forger.put('late', {})).blocks))
    await expect(attachment.synced()).rejects.toMatchObject({ code: 'CLOSED' })
    const keys = await space.open('keys')
    expect(await keys.list('')).toEqual([])
    await one.close()
  })
})

/** One entry whose digest is none of its pack's. */
class MadeUpLog extends ForwardingLog {
  override async read(after: number): Promise<LogPage> {
    const entry = { seq: 1, digest: new Uint8Array(32), pack: new Uint8Array(9), isRedacted: false }
    return {
      before: EMPTY_LOG_HASH,
      entries: after === 0 ? [entry] : [],
      head: { seq: 1, hash: EMPTY_LOG_HASH },
    }
  }
}

class ForgetfulLog extends ForwardingLog {
  override async append(pack: Uint8Array): Promise<LogPosition> {
    return { seq: 1, hash: advanceLogHash(EMPTY_LOG_HASH, digestPack(pack)) }
  }
}

class HangingLog extends ForwardingLog {
  override append(): Promise<never> {
    return new Promise(() => undefined)
  }

  override read(): Promise<never> {
    return new Promise(() => undefined)
  }
}
