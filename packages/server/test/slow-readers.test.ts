import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TestDatabase } from '../src/auth/fixtures/test-database.js'
import { TestClient } from '../src/http/fixtures/test-client.js'
import { ServerProcess } from './fixtures/server-process.js'
import { StoppedReader } from './fixtures/stopped-reader.js'
import { tempFolder } from './fixtures/temp-folder.js'

const READERS = 100
const ENTRIES = 2000
const PACK_BYTES = 8 * 1024
/** Entries before anybody follows. */
const FIRST = 10
/** So many fit into one message of news; more would be told of without their packs. */
const AT_ONCE = 4
/** Readers that read all packs once more: 16 MB each. */
const WHOLE_READERS = 3
/** 1013, try again later; or none, where even that did not get through in time. */
const CUT = [1013, 1006]
/** What a queue for each reader would hold is 1.6 GB; all that the kernel may take of it is not counted. */
const MOST_GROWTH = 160 * 1024 * 1024

it.runIf(process.platform === 'linux')(
  `${READERS} readers that stopped cost nothing more, are cut, and resume with nothing missed`,
  async () => {
    const dir = join(await tempFolder(), 'data')
    const server = await ServerProcess.start(dir, 0, ['--stall-timeout', '2s'])
    const database = new TestDatabase()
    const writer = await TestClient.connect(server.url)
    await writer.open(database, { audience: server.url })
    await append(writer, database, FIRST)
    const readers = await Promise.all(
      Array.from({ length: READERS }, () => StoppedReader.open(server.url, database)),
    )
    const before = await residentBytes(server.pid)
    const digests = await append(writer, database, ENTRIES)
    const growth = (await residentBytes(server.pid)) - before
    expect(growth).toBeLessThan(MOST_GROWTH)

    await expect.poll(() => countCuts(server.url), { timeout: 20_000 }).toBe(READERS)
    const codes = await Promise.all(readers.map(reader => reader.resume()))
    expect(codes.filter(code => !CUT.includes(code))).toEqual([])
    for (const [index, reader] of readers.entries()) {
      // What came before the cut has no gap, and what followed is read.
      expect(reader.digests).toEqual(digests.slice(0, reader.digests.length))
      const rest = await reader.readRest(index < WHOLE_READERS)
      expect([...reader.digests, ...rest]).toEqual(digests)
    }
    writer.end()
    expect(await server.end()).toBe(0)
  },
  180_000,
)

/** Appends so many packs; answers their digests in the order of the log. */
async function append(
  writer: TestClient,
  { logId }: TestDatabase,
  count: number,
): Promise<readonly string[]> {
  const digests: string[] = []
  for (let done = 0; done < count; done += AT_ONCE) {
    const packs = Array.from(
      { length: Math.min(AT_ONCE, count - done) },
      () => new Uint8Array(randomBytes(PACK_BYTES)),
    )
    const placed = await Promise.all(
      packs.map(async pack => ({ pack, seq: (await writer.append(logId, pack)).seq })),
    )
    placed.sort((a, b) => a.seq - b.seq)
    digests.push(...placed.map(({ pack }) => createHash('sha256').update(pack).digest('hex')))
  }
  return digests
}

/** How many readers the server says that it has cut. */
async function countCuts(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/event="reader-cut"\} (\d+)/.exec(metrics)?.[1] ?? 0)
}

/** The memory that a process has, as Linux counts it. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])
}
