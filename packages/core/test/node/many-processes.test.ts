import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { firekeep } from '../../dist/index.js'

const WRITER = fileURLToPath(new URL('fixtures/writer.mjs', import.meta.url))
const PUTS = 200
/** Enough for several compactions; ten thousand in the long run. */
const MANY = 10_000

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firekeep-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** A process that writes into the folder, and what it has acknowledged so far. */
class Writer {
  readonly acknowledged: string[] = []
  readonly #child: ChildProcess
  readonly #onLine: ((line: string) => void)[] = []
  readonly ended: Promise<number | null>

  constructor(prefix: string) {
    this.#child = spawn(process.execPath, [WRITER, dir, prefix, String(PUTS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let rest = ''
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#hear(line)
    })
    this.ended = new Promise(resolve => this.#child.on('close', resolve))
  }

  /** Kills it without notice once it has acknowledged this many. */
  killAfter(count: number): void {
    this.#onLine.push(() => {
      if (this.acknowledged.length >= count) this.#child.kill('SIGKILL')
    })
  }

  #hear(line: string): void {
    if (line !== 'done') this.acknowledged.push(line)
    for (const listener of this.#onLine) listener(line)
  }
}

describe('three processes that write into one folder at once', () => {
  it('lose no acknowledged put when one of them is killed', async () => {
    const writers = [new Writer('a'), new Writer('b'), new Writer('c')] as const
    writers[1].killAfter(PUTS / 4)
    const codes = await Promise.all(writers.map(writer => writer.ended))
    expect(codes).toEqual([0, null, 0])
    expect(writers.map(writer => writer.acknowledged.length)).toEqual([PUTS, expect.any(Number), PUTS])

    const db = firekeep('shared', { dir })
    const ids = new Set((await db.allDocs()).rows.map(row => row.id))
    const lost = writers.flatMap(writer => writer.acknowledged).filter(id => !ids.has(id))
    expect(lost).toEqual([])
    expect(await db.get('counter')).toMatchObject({ n: 2 })
    await db.close()
  }, 120_000)
})

describe('a database in a folder', () => {
  it(`holds ${MANY} awaited puts after it was closed and opened again`, async () => {
    const db = firekeep('long', { dir })
    for (let i = 0; i < MANY; i++) await db.put({ _id: `d${i}`, i })
    await db.close()
    const again = firekeep<{ i: number }>('long', { dir })
    const { docs } = await again.allDocs()
    expect(docs).toHaveLength(MANY)
    expect(new Set(docs.map(doc => doc.i)).size).toBe(MANY)
    await again.close()
  }, 120_000)

  it('tells one process what another wrote', async () => {
    const db = firekeep('shared', { dir })
    await db.put({ _id: 'first' })
    const heard = new Promise(resolve => {
      const stop = db.subscribe(changes => {
        if (!changes.some(doc => doc._id === `d-${PUTS - 1}`)) return
        stop()
        resolve(true)
      })
    })
    const writer = new Writer('d')
    expect(await writer.ended).toBe(0)
    expect(await heard).toBe(true)
    await db.close()
  }, 120_000)
})
