import { expect, it } from 'vitest'
import { openEmbeddedEngine } from '../embedded-engine.js'
import { ALL, append, LOG, OTHER_LOG, outcomeOf } from '../testing/samples.js'
import { FailingConnections } from './fixtures/failing-connections.js'
import { useFolder } from './fixtures/use-folder.js'

const folder = useFolder()

it('a failed commit fails all who waited for it, and the file is opened anew before the next', async () => {
  const connections = new FailingConnections()
  const engine = await openEmbeddedEngine({ dir: folder.path, connect: connections.connect })
  await append(engine.log, 'before')
  connections.failCommitAfter(0)
  const heard: number[] = []
  engine.log.watch((_, seq) => heard.push(seq))
  const outcomes = await Promise.all([1, 2, 3].map(seed => outcomeOf(append(engine.log, seed))))
  expect(outcomes).toEqual(['STORAGE_FAILED', 'STORAGE_FAILED', 'STORAGE_FAILED'])
  expect(heard).toEqual([])
  expect((await engine.log.info(LOG)).head.seq).toBe(1)
  expect(connections.opened).toBe(1)
  expect(await append(engine.log, 3)).toMatchObject({ seq: 2, isRepeated: false })
  expect(connections.opened).toBe(2)
  await engine.check()
  await engine.close()
})

it('one refused append fails alone in its batch', async () => {
  const connections = new FailingConnections()
  const engine = await openEmbeddedEngine({ dir: folder.path, connect: connections.connect })
  await engine.log.remove(OTHER_LOG)
  // The only commit that may pass: all calls below have to share it.
  connections.failCommitAfter(1)
  const calls = [
    append(engine.log, 1),
    append(engine.log, 2, { maxBytes: 10 }),
    engine.log.append(OTHER_LOG, {
      digest: new Uint8Array(32),
      pack: new Uint8Array(1),
      blobs: [],
      maxBytes: 9,
    }),
    engine.log.redact(LOG, 7, new Uint8Array(1)),
    append(engine.log, 3),
  ]
  const outcomes = await Promise.all(calls.map(outcomeOf))
  expect(outcomes).toEqual(['resolved', 'LIMIT_EXCEEDED', 'GONE', 'NOT_FOUND', 'resolved'])
  expect((await engine.log.read(LOG, 0, ALL)).entries.length).toBe(2)
  expect(connections.opened).toBe(1)
  await engine.close()
})
