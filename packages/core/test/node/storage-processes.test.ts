import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFileSpace } from '../../src/storage/file-storage.js'
import { bundleScript, Child } from '../../src/storage/fixtures/child-processes.js'
import { SimulatedClock } from '../../src/storage/fixtures/simulated-clock.js'
import type { Storage } from '../../src/storage/storage.js'

const SOURCE = fileURLToPath(new URL('../../src/storage/fixtures/storage-child.ts', import.meta.url))
const LIMIT = 60_000

describe.skipIf(process.platform === 'win32')('processes that share a folder', () => {
  let script: string
  let dir: string
  const children: Child[] = []

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'firekeep-script-'))
    script = await bundleScript(SOURCE, folder)
    return () => rmSync(folder, { recursive: true })
  }, LIMIT)

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'firekeep-'))
  })

  afterEach(async () => {
    for (const child of children) child.process.kill('SIGKILL')
    await Promise.all(children.splice(0).map(child => child.ended()))
    rmSync(dir, { recursive: true })
  })

  function start(name: string, count: number): Child {
    const child = new Child(script, [dir, name, String(count)])
    children.push(child)
    return child
  }

  it('keep every acknowledged batch when one of them is killed', { timeout: LIMIT }, async () => {
    const [one, two] = [start('one', 200), start('two', 100_000)]
    await two.reached(60)
    two.process.kill('SIGKILL')
    await two.ended()
    expect(await one.ended()).toBe(0)
    expect(one.lines).toHaveLength(200)
    const storage = await createFileSpace({ dir }).open('db')
    expect(await numbers(storage, 'one/')).toEqual(lastThirty(200))
    const found = await numbers(storage, 'two/')
    // The batch under way when it was killed may be there, whole.
    expect([two.lines.length, two.lines.length + 1].map(lastThirty)).toContainEqual(found)
    await storage.batch([['after', new Uint8Array([1])]], [])
    await storage.close()
  })

  it('never take a paused one for dead', { timeout: LIMIT }, async () => {
    const child = start('paused', 100_000)
    await child.reached(5)
    child.process.kill('SIGSTOP')
    // Ten seconds of patience pass at once; nothing that happens in them may be taken for a proof.
    const hurried = await createFileSpace({ dir, clock: new SimulatedClock() }).open('db')
    await expect(hurried.batch([['mine', new Uint8Array([1])]], [])).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { path: expect.stringContaining('lock.'), pid: child.process.pid },
    })
    expect((await numbers(hurried, 'paused/')).length).toBeGreaterThanOrEqual(5)
    const patient = await createFileSpace({ dir }).open('db')
    const write = patient.batch([['mine', new Uint8Array([1])]], [])
    child.process.kill('SIGCONT')
    await write
    const after = child.lines.length + 5
    await child.reached(after)
    child.process.kill('SIGKILL')
    await child.ended()
    expect(await numbers(hurried, 'paused/')).toContain(child.lines.length)
    expect(await hurried.get('mine')).toEqual(new Uint8Array([1]))
    await Promise.all([hurried.close(), patient.close()])
  })

  it('are not kept alive by a storage that is open and watched, and let go of it at their end', {
    timeout: LIMIT,
  }, async () => {
    const child = start('watch', 3)
    expect(await child.ended()).toBe(0)
    expect(child.lines).toEqual(['1', '2', '3'])
    const locks = readdirSync(join(dir, 'db', 'lock')).sort()
    expect(readFileSync(join(dir, 'db', 'lock', locks.at(-1) as string), 'utf8')).toBe('free')
  })
})

/** The numbers of a child's batches that are there; each value must be whole. */
async function numbers(storage: Storage, prefix: string): Promise<number[]> {
  const entries = await storage.getAll(prefix)
  for (const [key, value] of entries) {
    const number = Number(key.slice(prefix.length))
    expect(value.length).toBe(number % 20 === 0 ? 70_000 : 700)
    expect(Buffer.compare(value, new Uint8Array(value.length).fill(number))).toBe(0)
  }
  return entries.map(([key]) => Number(key.slice(prefix.length))).sort((a, b) => a - b)
}

function lastThirty(count: number): number[] {
  return Array.from({ length: Math.min(count, 30) }, (_, index) => count - Math.min(count, 30) + 1 + index)
}
