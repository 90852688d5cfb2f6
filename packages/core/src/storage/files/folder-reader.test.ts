import { describe, expect, it } from 'vitest'
import { LOGS, SimulatedMachine } from '../fixtures/simulated-machine.js'

const PACK = 4_194_304

describe('reading from files', () => {
  it('takes of a large value the range asked for, and of a log the same', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    const pack = Uint8Array.from({ length: PACK }, (_, at) => at >>> 8)
    const puts = [
      ['pack', pack],
      ['inline', pack.subarray(0, 60_000)],
    ] as const
    await storage.batch(puts, [])
    for (const [key, offset, length] of [
      ['pack', 3_000_000, 70_000],
      ['pack', PACK - 5, 100],
      ['inline', 50_000, 20],
    ] as const) {
      const before = machine.disk.bytesRead
      const part = pack.subarray(0, key === 'pack' ? PACK : 60_000).slice(offset, offset + length)
      expect(Buffer.compare((await storage.getRange(key, offset, length)) as Uint8Array, part)).toBe(0)
      expect(machine.disk.bytesRead - before).toBe(part.length)
    }
  })

  it('lists keys without a look at values', async () => {
    const machine = new SimulatedMachine()
    const { storage } = await machine.start()
    await storage.batch(
      [
        ['pack', new Uint8Array(PACK)],
        ['small', new Uint8Array(1_000)],
      ],
      [],
    )
    const touched: string[] = []
    machine.disk.intrude = (operation, path) => touched.push(`${operation} ${path}`)
    const before = machine.disk.bytesRead
    expect(await storage.list('')).toEqual(['pack', 'small'])
    expect(machine.disk.bytesRead).toBe(before)
    expect(touched).toEqual([`list ${LOGS}`])
  })
})
