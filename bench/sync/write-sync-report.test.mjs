import { expect, test } from 'vitest'
import { SYNC_CONTENDERS } from './contenders/sync-contenders.mjs'
import { createSyncMeasures, SYNC_COUNTS } from './measures/sync-measures.mjs'
import { SYNC_TARGETS } from './sync-targets.mjs'
import { writeSyncReport } from './write-sync-report.mjs'

const KNOWN = {
  contenders: SYNC_CONTENDERS,
  measures: createSyncMeasures(SYNC_COUNTS),
  targets: SYNC_TARGETS,
}

const CONDITIONS = {
  system: 'linux x64',
  cpu: 'A processor',
  cores: 2,
  versions: { Node: '20.1.2', Yjs: '(y-websocket) 3.1.0' },
  documentBytes: 300,
  rounds: 1,
}

test('medians come first, then what Firekeep is to each peer, then the targets, of which some are least', () => {
  const cells = [
    { round: 1, contender: 'floor', measure: 'one-change', figures: { p50: 1 } },
    { round: 1, contender: 'firekeep', measure: 'one-change', figures: { p50: 4 } },
    { round: 1, contender: 'yjs', measure: 'one-change', figures: { p50: 2 } },
    { round: 1, contender: 'automerge', measure: 'one-change', figures: {}, note: 'gave up after 150 s' },
    { round: 1, contender: 'firekeep', measure: 'durable-appends', figures: { oneLog: 1_500 } },
  ]
  const [conditions, ...tables] = writeSyncReport({ conditions: CONDITIONS, cells }, KNOWN).split('\n\n')
  expect(conditions).toMatch(/^A processor, 2 cores, linux x64; Node 20\.1\.2, Yjs \(y-websocket\) 3\.1\.0\./)
  expect(tables).toEqual([
    `| Syncing | floor | Firekeep | Yjs | Automerge |
| --- | --: | --: | --: | --: |
| one changed document, put to the other device, p50 | 1 ms | 4 ms (4 ×) | 2 ms (2 ×) | gave up after 150 s |
| one changed document, put to the other device, p99 | – | – | – | gave up after 150 s |`,
    `| Serving | Firekeep |
| --- | --: |
| durable appends of 2 kB, 100 clients, one log | 1,500 /s |`,
    `| Firekeep ÷ | PouchDB | Yjs | Automerge |
| --- | --: | --: | --: |
| one changed document, put to the other device, p50 | – | 2 × | – |`,
    `| Firekeep is to reach | at most | measured |  |
| --- | --: | --: | --: |
| one changed document, put to the other device, p50 | 10 ms | 4 ms | met |
| durable appends of 2 kB, 100 clients, one log | at least 2,000 /s | 1,500 /s | missed |`,
  ])
})
