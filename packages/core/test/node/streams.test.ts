import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import type { StorageSpace } from '../../src/storage/storage.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import { readExample } from './fixtures/read-example.js'
import { type Answer, type Chunk, readChunks, saveChunks, saveThrottled } from './fixtures/stream-example.js'

const TOKENS = 2000
/** Tokens come every 20 ms, by the clock of the test. */
const TOKEN_MILLISECONDS = 20
const PAUSE = 250

const WORDS = ['the ', 'answer ', 'is ', 'long', 'er ', 'than ', 'one ', 'line', ', ', 'and ', 'so ', 'on. ']

/** A stream that takes no time: each token moves the clock on. */
class TokenStream {
  readonly text: string
  readonly #count: number
  #time = 0

  constructor(count = TOKENS) {
    this.#count = count
    this.text = [...this.#tokens()].join('')
  }

  readonly now = (): number => this.#time

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (const token of this.#tokens()) {
      this.#time += TOKEN_MILLISECONDS
      yield token
    }
  }

  *#tokens(): Generator<string, void> {
    let state = 3
    for (let i = 0; i < this.#count; i += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      yield WORDS[Math.floor((state / 2 ** 32) * WORDS.length)] as string
    }
  }
}

/** Counts what databases put into a space, as a disk would see it. */
class CountingSpace {
  readonly space: StorageSpace
  written = 0

  constructor() {
    const inner = createMemorySpace()
    this.space = {
      ...inner,
      open: async (id, options) => {
        const storage = await inner.open(id, options)
        const { batch } = storage
        storage.batch = (puts, deletes, more) => {
          for (const [key, value] of puts) this.written += key.length + value.length
          return batch.call(storage, puts, deletes, more)
        }
        return storage
      },
    }
  }

  /** What is stored of all databases, keys included. */
  async stored(): Promise<number> {
    let sum = 0
    for (const id of await this.space.list()) {
      const storage = await this.space.open(id)
      for (const [key, value] of await storage.getAll('')) sum += key.length + value.length
      await storage.close()
    }
    return sum
  }
}

describe('the example in docs/streams.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('streams.md', 'stream-example.ts')
    expect(shown).toBe(run)
  })
})

describe('a stream of tokens', () => {
  it('is saved as one document by few commits, with the whole text at the end', async () => {
    const [tokens, place] = [new TokenStream(), new CountingSpace()]
    const db = createTestDatabase<Answer>({ storage: place.space })
    const lengths: number[] = []
    db.subscribe(([doc]) => doc && 'text' in doc && lengths.push(doc.text.length))
    await saveThrottled(db, 'answer', tokens, { pause: PAUSE, now: tokens.now })
    expect(await db.get('answer')).toEqual({ _id: 'answer', text: tokens.text, isWhole: true })
    const saves = Math.floor((TOKENS * TOKEN_MILLISECONDS) / (PAUSE + TOKEN_MILLISECONDS / 2)) + 1
    expect(lengths).toHaveLength(saves)
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    // Every save holds the text so far: on average half of it.
    expect(place.written).toBeLessThan(saves * (tokens.text.length + 1500))

    await db.compact()
    expect((await db.changes()).rows).toHaveLength(saves)
    await db.prune({ before: await db.clock() })
    expect(await place.stored()).toBeLessThan(tokens.text.length + saves * 600 + 5000)
    expect((await db.get('answer')).text).toBe(tokens.text)
    await db.close()
  })

  it('is saved as a document per token, which read in order are the text', async () => {
    const [tokens, place] = [new TokenStream(), new CountingSpace()]
    const db = createTestDatabase<Chunk>({ storage: place.space })
    await saveChunks(db, 'answer', tokens)
    expect(await readChunks(db, 'answer')).toBe(tokens.text)
    expect((await db.allDocs()).rows).toHaveLength(TOKENS)
    expect(place.written).toBeLessThan(TOKENS * 1500)
    await db.compact()
    expect(await readChunks(db, 'answer')).toBe(tokens.text)
    expect(await place.stored()).toBeLessThan(TOKENS * 700)
    await db.close()
  })

  it('takes many times the room of its text when every token is a commit', async () => {
    const [tokens, whole, chunks] = [new TokenStream(400), new CountingSpace(), new CountingSpace()]
    const one = createTestDatabase<Answer>({ storage: whole.space })
    await saveThrottled(one, 'answer', tokens, { pause: PAUSE, now: tokens.now })
    const many = createTestDatabase<Chunk>({ storage: chunks.space })
    let n = 0
    for await (const text of new TokenStream(400)) await many.put({ _id: `answer/${n++}`, text })
    await Promise.all([one.compact(), many.compact()])
    expect(await chunks.stored()).toBeGreaterThan(3 * (await whole.stored()))
    await Promise.all([one.close(), many.close()])
  })
})
