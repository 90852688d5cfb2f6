import { describe, expect, it } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { readAll } from '../database/fixtures/forks.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { SharingDevice } from '../share/fixtures/sharing-device.js'
import { CountingRemote } from '../testing/fixtures/counting-remote.js'
import { LogOnlyRemote } from '../testing/fixtures/log-only-remote.js'
import { accept } from './accept.js'
import { contributions } from './contributions.js'
import { nominate } from './nominate.js'
import { nominations } from './nominations.js'
import { reject } from './reject.js'
import { review } from './review.js'

/** Somebody with a device and a way to the server, on which the bytes that he sends are counted. */
class Person {
  readonly device: SharingDevice
  readonly remote: CountingRemote
  readonly #open: Database<AnyDocument>[] = []

  constructor(seed: number, server: MemoryRemote) {
    this.device = new SharingDevice(seed)
    this.remote = new CountingRemote(new LogOnlyRemote(server))
  }

  database(name: string): Database<AnyDocument> {
    return this.keep(this.device.firekeep(name))
  }

  async openLink(link: string): Promise<Database<AnyDocument>> {
    return this.keep(await this.device.openLink(link))
  }

  keep(db: Database<AnyDocument>): Database<AnyDocument> {
    this.#open.push(db)
    return db
  }

  /** Exchanges with the server; answers how many bytes were sent. */
  async publish(db: Database<AnyDocument>): Promise<number> {
    const before = this.remote.sent
    await db.attach(this.remote).synced()
    return this.remote.sent - before
  }

  async leave(): Promise<void> {
    await Promise.all(this.#open.map(db => db.close()))
  }
}

const DOCUMENTS = 600
/** A round takes its changes, some signatures and padding: far less than the database, which is ten times as much. */
const ROUND_BYTES = 12_000

describe('a moderator, a contributor and a reader', () => {
  it('go through three rounds of fork, merge and publish that cost about what changed', async () => {
    const server = new MemoryRemote()
    const [mia, carl, rita] = [1, 2, 3].map(seed => new Person(seed, server)) as [Person, Person, Person]
    const base = mia.database('recipes')
    await base.bulk(Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: `recipe-${i}`, n: i, by: 'mia' })))
    const whole = await mia.publish(base)
    expect(whole).toBeGreaterThan(ROUND_BYTES * 4)

    // Carl may only read, so his fork is a database of his own, which he shares with Mia.
    const toRead = await mia.device.share('recipes', 'read')
    const read = await carl.openLink(toRead)
    await carl.publish(read)
    const mine = carl.keep(await read.fork('proposals'))
    expect(await readAll(mine)).toEqual(await readAll(base))
    expect((await mine.identity()).database).not.toBe((await base.identity()).database)
    await carl.publish(mine)
    const theirs = await mia.openLink(await carl.device.share('proposals', 'read'))
    const reader = await rita.openLink(toRead)

    for (const round of [1, 2, 3]) {
      await mine.put({ _id: `recipe-${round}`, n: -round, by: 'carl' })
      await mine.put({ _id: `new-${round}`, n: round, by: 'carl' })
      await mine.del(`recipe-${100 + round}`)
      await mine.put({ _id: 'private', n: round })
      const good = await nominate(mine, {
        ids: [`recipe-${round}`, `new-${round}`, `recipe-${100 + round}`],
        title: `round ${round}`,
      })
      const bad = await nominate(mine, { ids: ['private'], title: 'mine', note: 'look' })
      expect(await carl.publish(mine)).toBeLessThan(ROUND_BYTES)

      await mia.publish(theirs)
      expect((await nominations(theirs)).map(({ title }) => title)).toContain(`round ${round}`)
      const found = await review(base, theirs, good.id)
      expect(Object.fromEntries(found.differences.map(({ id, kind }) => [id, kind]))).toEqual({
        [`new-${round}`]: 'added',
        [`recipe-${round}`]: 'changed',
        [`recipe-${100 + round}`]: 'deleted',
      })
      // What is changed after it was looked at is not what was looked at.
      await mine.put({ _id: `recipe-${round}`, n: 666, by: 'carl' })
      await carl.publish(mine)
      await mia.publish(theirs)
      const merged = await accept(base, theirs, good.id, { asOf: found.clock })
      expect(merged).toMatchObject({ commits: 1 })
      await reject(base, theirs, bad.id, 'not a recipe')
      // Mia works in a fork of hers as well, and merges all of it.
      const draft = mia.keep(await base.fork(`draft ${round}`))
      await draft.put({ _id: `recipe-${50 + round}`, n: -50, by: 'mia' })
      expect((await base.mergeFrom(draft)).ids).toEqual([`recipe-${50 + round}`])
      await draft.destroy()
      expect(await mia.publish(base)).toBeLessThan(ROUND_BYTES)

      await rita.publish(reader)
      expect(await readAll(reader)).toEqual(await readAll(base))
      expect(await reader.get(`recipe-${round}`)).toMatchObject({ n: -round, by: 'carl' })
      expect(await reader.find(`recipe-${100 + round}`)).toBeUndefined()
      // Carl takes over what is new in the base.
      await carl.publish(read)
      await mine.mergeFrom(read, { only: [`recipe-${50 + round}`] })
      expect(await carl.publish(mine)).toBeLessThan(ROUND_BYTES)
    }

    const listed = await contributions(reader)
    const [{ author: moderator }, { author: contributor }] = [await base.identity(), await mine.identity()]
    expect(listed).toHaveLength(6)
    expect(listed.filter(({ decision }) => decision === 'rejected')).toHaveLength(3)
    for (const each of listed) {
      expect(each).toMatchObject({ decidedBy: moderator, contributor })
      expect(each.decidedAt).toBeGreaterThan(Date.UTC(2026, 0, 1))
      if (each.decision === 'rejected') expect(each).toMatchObject({ reason: 'not a recipe', merged: [] })
      else expect(each.merged).toEqual(each.ids)
    }
    await Promise.all([mia.leave(), carl.leave(), rita.leave()])
  })
})
