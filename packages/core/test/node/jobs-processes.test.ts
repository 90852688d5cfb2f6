import { type ChildProcess, fork } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Attachment, type Database, firekeep, folderRemote } from '../../dist/index.js'
import { worker } from '../../dist/jobs/index.js'

const WORKER = fileURLToPath(new URL('fixtures/job-worker.mjs', import.meta.url))
const KEY = Buffer.alloc(32, 5).toString('base64url')
const JOBS = process.env.FIREKEEP_LONG ? 500 : 60
/** After so many effects whoever asks for the next one is killed before he hears of it. */
const KILL_AFTER = 20
const LEASE = 1500

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'firekeep-'))
  await mkdir(join(root, 'remote'))
})

afterEach(async () => {
  for (const { child } of workers.splice(0)) child.kill('SIGKILL')
  await rm(root, { recursive: true, force: true })
})

interface Effect {
  readonly id: string
  readonly result: string
  runs: number
}

/** What the jobs are there for: a table with a row for each key, which counts how often it was asked for. */
const effects = new Map<string, Effect>()
const workers: WorkerProcess[] = []
const count = { runs: 0, kills: 0 }

class WorkerProcess {
  readonly machine: string
  readonly child: ChildProcess
  readonly ended: Promise<unknown>

  constructor(machine: string) {
    this.machine = machine
    const args = [join(root, machine), join(root, 'remote'), KEY, String(LEASE)]
    this.child = fork(WORKER, args)
    this.child.on('message', message => this.#hear(message as Message))
    this.ended = new Promise(resolve => this.child.once('close', resolve))
  }

  #kill(): void {
    count.kills += 1
    this.child.kill('SIGKILL')
    workers[workers.indexOf(this)] = new WorkerProcess(this.machine)
  }

  #hear({ key, id, asked }: Message): void {
    const effect = effects.get(key) ?? { id, result: `${id} by effect ${effects.size}`, runs: 0 }
    effects.set(key, effect)
    effect.runs += 1
    count.runs += 1
    if (count.runs % KILL_AFTER === 0) this.#kill()
    else if (this.child.connected)
      this.child.send({ kind: 'answer', asked, result: effect.result }, () => undefined)
  }
}

interface Message {
  readonly kind: 'effect'
  readonly key: string
  readonly id: string
  readonly asked: number
}

interface Job {
  state: string
  result?: string
}

async function openMachine(name: string): Promise<{ db: Database<Job>; attachment: Attachment }> {
  const db = firekeep<Job>('jobs', { dir: join(root, name), key: KEY })
  return { db, attachment: db.attach(folderRemote(join(root, 'remote'))) }
}

describe('four workers on two machines, some of which are killed', () => {
  it(`do ${JOBS} jobs: one result each, and one effect for each key`, async () => {
    const watcher = await openMachine('watcher')
    const ids = Array.from({ length: JOBS }, (_, n) => `job-${n}`)
    await watcher.db.bulk(ids.map(_id => ({ _id, state: 'please-run' })))
    await watcher.attachment.synced()
    for (const machine of ['one', 'two', 'one', 'two']) workers.push(new WorkerProcess(machine))
    while ((await watcher.db.count('state', { key: 'ran-ok' })) < JOBS) {
      await new Promise(resolve => setTimeout(resolve, 100))
      await watcher.attachment.synced()
    }
    for (const { child } of workers) child.send({ kind: 'stop' })
    await Promise.all(workers.map(({ ended }) => ended))
    await watcher.attachment.synced()
    // Claims that were written apart from a result, and came after it, are taken out by whoever looks next.
    const { attachment } = watcher
    const last = worker(watcher.db, {
      attachment,
      lease: LEASE,
      run: () => Promise.reject(new Error('none is left')),
    })
    await last.idle()
    await last.stop()
    await watcher.attachment.synced()
    const { docs } = await watcher.db.allDocs()
    expect(docs.filter(doc => doc.state === 'ran-ok')).toHaveLength(JOBS)
    expect(await watcher.db.conflicts().toArray()).toEqual([])
    const all = [...effects.values()]
    expect(all).toHaveLength(JOBS)
    expect(new Map(all.map(({ id, result }) => [id, result]))).toEqual(
      new Map(docs.map(doc => [doc._id, doc.result])),
    )
    expect(count.kills).toBeGreaterThanOrEqual(JOBS / KILL_AFTER)
    expect(count.runs).toBeGreaterThanOrEqual(JOBS + count.kills)
    const clock = String(await watcher.db.clock())
    for (const name of ['one', 'two']) {
      const { db, attachment } = await openMachine(name)
      await attachment.synced()
      expect(String(await db.clock())).toBe(clock)
      await db.close()
    }
    await watcher.db.close()
  }, 600_000)
})
