import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, deleteDatabase, firekeep, type Progress } from '../../src/index.js'

const COUNT = 50_000
const NAME = 'long-tasks-test'
const MINUTES = 4 * 60_000

interface Task {
  state: 'open' | 'running' | 'done'
  room: string
  text: string
}

const STATES = ['open', 'running', 'done'] as const

function createTasks(from: number, count: number): (Task & { _id: string })[] {
  return Array.from({ length: count }, (_, i) => ({
    _id: `task-${String(from + i).padStart(6, '0')}`,
    state: STATES[(from + i) % 3] as Task['state'],
    room: `room-${(from + i) % 500}`,
    text: `what is to be done about number ${from + i}, and by whom it is done, and when`,
  }))
}

/** Runs work while a message goes round: how many turns the event loop had, and how long they and the tasks were. */
async function observe(work: () => Promise<unknown>) {
  const longTasks: number[] = []
  const observer = new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration))
  })
  observer.observe({ type: 'longtask' })
  const { port1, port2 } = new MessageChannel()
  const slices: number[] = []
  let last = performance.now()
  port1.onmessage = () => {
    const now = performance.now()
    slices.push(now - last)
    last = now
    port2.postMessage(undefined)
  }
  port2.postMessage(undefined)
  await work()
  port1.close()
  observer.disconnect()
  const busy = slices.filter(slice => slice >= 1).sort((a, b) => a - b)
  const p95 = busy[Math.floor(busy.length * 0.95)] ?? 0
  return { turns: slices.length, figures: `slices p95 ${p95.toFixed(1)} ms, long tasks [${longTasks}] ms` }
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > (values[i - 1] as number))
}

// One database for all tests, as filling it takes most of the time; each leaves all documents in it.
describe('a database of 50,000 documents', () => {
  let db: Database<Task>

  beforeAll(async () => {
    db = firekeep<Task>(NAME, { autoCompact: false })
    for (let from = 0; from < COUNT; from += 1000) await db.bulk(createTasks(from, 1000))
  }, MINUTES)

  afterAll(() => deleteDatabase(NAME))

  it(
    'is as it was when its compaction is aborted',
    async () => {
      const stop = new AbortController()
      const onProgress = ({ done }: { done: number }) => done > COUNT / 2 && stop.abort()
      await expect(db.compact({ signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'ABORTED' })
      expect(await db.get('task-000042')).toMatchObject({ state: 'open', room: 'room-42' })
      await expect(db.compact({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    },
    MINUTES,
  )

  it(
    'is compacted in steps, between which others have their turn',
    async ({ annotate }) => {
      const steps: number[] = []
      const onProgress = ({ done, total }: Progress) => {
        expect(total).toBe(COUNT)
        steps.push(done)
      }
      const { turns, figures } = await observe(() => db.compact({ onProgress }))
      await annotate(`compaction: ${figures}`)
      expect(steps.length).toBeGreaterThan(50)
      expect(isAscending(steps)).toBe(true)
      expect(steps.at(-1)).toBe(COUNT)
      expect(turns).toBeGreaterThan(20)
      expect((await db.allDocs({ range: ['task-001000', 'task-001999'] })).docs).toEqual(
        createTasks(1000, 1000),
      )
    },
    MINUTES,
  )

  it(
    'has its first index built in steps, between which others have their turn',
    async ({ annotate }) => {
      const steps: number[] = []
      const onProgress = ({ done }: { done: number }) => steps.push(done)
      const { turns, figures } = await observe(() => db.query('state', { key: 'open', limit: 1, onProgress }))
      await annotate(`first index: ${figures}`)
      expect(steps.length).toBeGreaterThan(50)
      expect(isAscending(steps)).toBe(true)
      expect(steps.at(-1)).toBe(COUNT)
      expect(turns).toBeGreaterThan(20)
      expect(await db.count('state', { key: 'open' })).toBe(Math.ceil(COUNT / 3))
    },
    MINUTES,
  )

  it(
    'answers and takes writes after a build of an index was aborted, and builds it when asked again',
    async () => {
      const stop = new AbortController()
      const steps: number[] = []
      const onProgress = ({ done }: { done: number }) => {
        steps.push(done)
        stop.abort()
      }
      const query = db.query('room', { key: 'room-7', signal: stop.signal, onProgress })
      await expect(query).rejects.toMatchObject({ code: 'ABORTED' })
      expect(steps.at(-1)).toBeLessThan(COUNT)
      const [first] = createTasks(7, 1)
      await db.put({ ...(first as Task & { _id: string }), text: 'written meanwhile' })
      const { docs } = await db.query('room', { key: 'room-7' })
      expect(docs).toHaveLength(COUNT / 500)
      expect(docs[0]?.text).toBe('written meanwhile')
    },
    MINUTES,
  )
})
