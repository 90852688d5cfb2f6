import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { LOGS, SimulatedMachine } from '../fixtures/simulated-machine.js'
import { uniformContents } from '../fixtures/uniform-contents.js'
import type { Storage } from '../storage.js'

/** What a script wrote: acknowledged batches, and at most one whose outcome nobody was told. */
class Script {
  readonly acknowledged = new Map<string, number>()
  pending: Map<string, number> | undefined

  async run(storage: Storage, batches: number, large: boolean): Promise<void> {
    for (let batch = 1; batch <= batches; batch += 1) {
      const next = new Map(this.acknowledged)
      next.set(`k${batch}`, batch)
      next.set('counter', batch)
      next.delete(`k${batch - 2}`)
      this.pending = next
      const size = large && batch % 3 === 1 ? 70_000 : 30
      const puts = [`k${batch}`, 'counter'].map(key => [key, new Uint8Array(size).fill(batch)] as const)
      await storage.batch(puts, [`k${batch - 2}`], large && batch % 2 === 0 ? { erase: true } : {})
      for (const key of [...this.acknowledged.keys()]) this.acknowledged.delete(key)
      for (const [key, value] of next) this.acknowledged.set(key, value)
      this.pending = undefined
    }
  }

  /** All that was acknowledged, and of the rest all or nothing. */
  check(found: Map<string, number>): void {
    const allowed = [this.acknowledged, this.pending].filter(state => state !== undefined).map(toText)
    expect(allowed).toContain(toText(found))
  }
}

describe('a crash', () => {
  it.each([false, true])(
    'of the process at any operation keeps every acknowledged batch (large: %s)',
    async large => {
      const total = await countOperations(large)
      for (let at = 1; at <= total; at += 1) {
        const machine = new SimulatedMachine()
        const first = await machine.start()
        killAt(machine, at, first.kill)
        const script = new Script()
        await script.run(first.storage, 6, large).catch(() => {})
        machine.disk.intrude = () => {}
        const second = await machine.start()
        script.check(await uniformContents(second.storage))
        // The next process goes on where the dead one stopped.
        await second.storage.batch([['after', new Uint8Array([1])]], [])
        expect((await uniformContents((await machine.start()).storage)).get('after')).toBe(1)
      }
    },
  )

  it('of the power at any operation keeps every acknowledged batch', async () => {
    const total = await countOperations(true)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: total }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (at, picks) => {
          const machine = new SimulatedMachine()
          const first = await machine.start()
          killAt(machine, at, first.kill)
          const script = new Script()
          await script.run(first.storage, 6, true).catch(() => {})
          machine.failPower(() => picks.next().value as number)
          const second = await machine.start()
          script.check(await uniformContents(second.storage))
          await second.storage.batch([['after', new Uint8Array([1])]], [])
          expect((await uniformContents((await machine.start()).storage)).get('after')).toBe(1)
        },
      ),
      { numRuns: runs(150) },
    )
  })

  it('that tears the last frame at any byte takes that batch only, and no other session', async () => {
    const machine = new SimulatedMachine()
    const one = await machine.start()
    await one.storage.batch([['one', new Uint8Array([1])]], [])
    await one.storage.batch([['torn', new Uint8Array(20).fill(7)]], [])
    const log = [...machine.disk.files(LOGS).values()][0] as { bytes: Uint8Array }
    const whole = log.bytes
    const before = whole.length - (8 + 17 + 2 + 4 + 1 + 4 + 20)
    one.kill()
    const two = await machine.start()
    await two.storage.batch([['two', new Uint8Array([2])]], [])
    for (let length = before; length < whole.length; length += 1) {
      log.bytes = whole.slice(0, length)
      expect([...(await uniformContents((await machine.start()).storage)).keys()]).toEqual(['one', 'two'])
      // The same bytes, but the disk had room for them before it lost what was in them.
      log.bytes = Uint8Array.from({ length: whole.length }, (_, at) =>
        at < length ? (whole[at] as number) : 0,
      )
      expect([...(await uniformContents((await machine.start()).storage)).keys()]).toEqual(['one', 'two'])
    }
  })
})

async function countOperations(large: boolean): Promise<number> {
  const machine = new SimulatedMachine()
  const { storage } = await machine.start()
  await new Script().run(storage, 6, large)
  return machine.disk.operations
}

function killAt(machine: SimulatedMachine, at: number, kill: () => void): void {
  machine.disk.intrude = () => {
    if (machine.disk.operations >= at) kill()
  }
}

function toText(state: Map<string, number>): string {
  return JSON.stringify([...state].sort(([a], [b]) => (a < b ? -1 : 1)))
}
