import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { advanceLogHash, EMPTY_LOG_HASH } from '@firekeep/core/protocol'
import { expect, it } from 'vitest'
import { openEmbeddedEngine } from '../embedded-engine.js'
import { ALL, FORK, hex, LOG, OTHER_LOG } from '../testing/samples.js'
import { useFolder } from './fixtures/use-folder.js'

const APPENDER = fileURLToPath(new URL('fixtures/appender.mjs', import.meta.url))
const LOGS = [LOG, OTHER_LOG, FORK, LOG, LOG, OTHER_LOG]
const ROUNDS = 5

const folder = useFolder()

it('a process that is killed in the middle of appends loses none that it acknowledged', async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    acknowledged.push(...(await appendUntilKilled(round, 30 + 40 * round)))
    const engine = await openEmbeddedEngine({ dir: folder.path })
    const stored = new Set<string>()
    for (const log of new Set(LOGS)) {
      const { entries, head } = await engine.log.read(log, 0, { limit: 1e6, bytes: ALL.bytes })
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
      const hash = entries.reduce((before, { digest }) => advanceLogHash(before, digest), EMPTY_LOG_HASH)
      expect(hex(head.hash)).toBe(hex(hash))
      for (const { seq, digest } of entries) stored.add(`${log} ${seq} ${hex(digest)}`)
    }
    expect(acknowledged.filter(line => !stored.has(line))).toEqual([])
    await engine.close()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(550)
})

async function appendUntilKilled(round: number, count: number): Promise<string[]> {
  const args = [APPENDER, folder.path, String(round), ...LOGS]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    // A line that the kill cut short says nothing.
    if (/ [0-9a-f]{64}$/.test(line)) lines.push(line)
    if (lines.length === count) child.kill('SIGKILL')
  })
  const [, signal] = await closed
  expect(signal).toBe('SIGKILL')
  return lines
}
