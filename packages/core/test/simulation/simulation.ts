import type { FirekeepErrorCode } from '../../src/errors.js'
import { FirekeepError, hasErrorCode } from '../../src/errors.js'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import type { StorageSpace } from '../../src/storage/storage.js'
import { Dice } from './dice.js'
import { KnownWrites } from './known-writes.js'
import { isOfDead } from './mortal-space.js'
import { OrderlyPlatform } from './orderly-platform.js'
import { FAIR, type Weather } from './sim-link.js'
import { SimServer } from './sim-server.js'
import { SimTab } from './sim-tab.js'
import { VirtualTime } from './virtual-time.js'

/** What is on one device: a storage, and the tabs that are or were open. */
export interface SimDevice {
  readonly index: number
  readonly space: StorageSpace
  readonly tabs: (SimTab | undefined)[]
}

/** No call may take longer than this, whatever the network does. */
const CALL_LIMIT = 60_000

/**
 * Some devices, a server and a network between them, all in one process, in virtual time and ruled by one seed.
 *
 * What is the same in each run with a seed: the steps, what is written, what the network does to which request, when
 * somebody dies, and with all that the final clock. What is not: the bytes of seals, whose salts are the platform's.
 */
export class Simulation {
  readonly seed: number
  readonly dice: Dice
  readonly platform: OrderlyPlatform
  readonly time: VirtualTime
  readonly server = new SimServer()
  readonly writes = new KnownWrites()
  readonly devices: SimDevice[] = []
  /** What happened, for whoever looks for the cause of a failure. */
  readonly log: string[] = []
  /** Codes that the script of a run explains. */
  readonly expected = new Set<FirekeepErrorCode>()
  weather: Weather = FAIR
  readonly #storageMilliseconds: number
  readonly #closings: Promise<void>[] = []
  readonly #reported: string[] = []
  #opened = 0
  readonly #start: number
  #failure: unknown

  constructor(seed: number) {
    this.seed = seed
    this.dice = new Dice(seed)
    this.platform = new OrderlyPlatform(seed, () => this.time?.now ?? 0)
    this.time = new VirtualTime(() => this.platform.quiet())
    this.#start = this.time.now
    this.#storageMilliseconds = this.dice.chance(0.6) ? 0 : 3
  }

  get tabs(): SimTab[] {
    return this.devices.flatMap(({ tabs }) => tabs.filter(tab => tab?.isAlive)) as SimTab[]
  }

  /** What was reported although nothing in the script explains it. */
  get unexplained(): readonly string[] {
    const uncaught = this.platform.uncaught.filter(error => !isOfDead(error))
    return [...this.#reported, ...uncaught.map(error => `uncaught ${error}`)]
  }

  trace(what: string): void {
    this.log.push(`${this.time.now - this.#start} ${what}`)
  }

  addDevice(): SimDevice {
    const index = this.devices.length
    const device = { index, space: createMemorySpace(), tabs: [] }
    this.devices.push(device)
    return device
  }

  /** Opens a tab of a device, in place of one that is no more. */
  async openTab(device: SimDevice, slot: number, isOnline = true): Promise<SimTab> {
    this.#opened += 1
    const { server, time, dice } = this
    const name = `d${device.index}t${slot}#${this.#opened}`
    this.trace(`open ${name}`)
    const tab = new SimTab({
      server,
      time,
      dice,
      name,
      isOnline,
      seed: this.seed * 1000 + this.#opened,
      space: device.space,
      options: { autoCompact: dice.pick([false, false, 8, 20]), compress: dice.chance(0.2) },
      weather: () => this.weather,
      storagePause: async () => {
        if (this.#storageMilliseconds > 0) await time.delay(dice.between(0, this.#storageMilliseconds))
      },
      trace: what => this.trace(`${name} ${what}`),
      report: error => this.#hear(name, error),
    })
    device.tabs[slot] = tab
    await this.attempt(tab, `open ${name}`, () => tab.db.clock())
    return tab
  }

  /** Closes a tab, or buries a dead one; whether that ends is looked at in the end. */
  closeTab(device: SimDevice, slot: number): void {
    const tab = device.tabs[slot]
    if (tab === undefined) return
    this.trace(`close ${tab.name}`)
    device.tabs[slot] = undefined
    this.#closings.push(tab.close().catch(error => this.#hear(`close ${tab.name}`, error)))
  }

  /** Calls something that has to end, network or not; `undefined` when the tab died over it. */
  async attempt<T>(tab: SimTab, what: string, call: () => Promise<T>): Promise<T | undefined> {
    let isDone = false
    let error: unknown
    const answer = call().then(
      value => value,
      cause => {
        error = cause
        return undefined
      },
    )
    void answer.finally(() => {
      isDone = true
    })
    if (!(await this.time.passUntil(() => isDone || !tab.isAlive, CALL_LIMIT)))
      throw new Error(`${what} of ${tab.name} does not end`)
    if (!isDone) return undefined
    if (error !== undefined && tab.isAlive) throw new Error(`${what} of ${tab.name} failed`, { cause: error })
    return error === undefined ? answer : undefined
  }

  /** Resolves when all who were closed are. */
  async allClosed(): Promise<void> {
    let isDone = false
    void Promise.all(this.#closings).then(() => {
      isDone = true
    })
    if (!(await this.time.passUntil(() => isDone, CALL_LIMIT))) throw new Error('closing a tab does not end')
  }

  /** The first thing that went wrong while nobody waited for it. */
  assertNoFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  fail(error: unknown): void {
    this.#failure ??= error
  }

  /** Leaves nothing behind, however it ended. */
  async end(): Promise<void> {
    for (const device of this.devices) {
      for (const [slot, tab] of device.tabs.entries()) {
        tab?.space.die()
        this.closeTab(device, slot)
      }
    }
    await this.allClosed().catch(() => undefined)
    this.platform.restore()
  }

  #hear(who: string, error: FirekeepError): void {
    this.trace(`${who} reports ${error.code}`)
    for (const code of this.expected) if (hasErrorCode(error, code)) return
    this.#reported.push(
      `${who}: ${error instanceof FirekeepError ? error.code : ''} ${error.stack} ${error.cause ?? ''}`,
    )
  }
}
