import { FirekeepError } from '../../src/errors.js'
import type {
  AppendPackOptions,
  BlobBytes,
  GetBlobOptions,
  LogAccess,
  LogPage,
  LogPosition,
  ReadLogOptions,
  Remote,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from '../../src/protocol/remote.js'
import type { Dice } from './dice.js'
import type { SimServer } from './sim-server.js'
import type { VirtualTime } from './virtual-time.js'

/** How bad a network is: probabilities, and times in milliseconds. */
export interface Weather {
  readonly longestWay: number
  /** A request that never arrives. */
  readonly loss: number
  /** What was asked for is done, and nobody hears of it. */
  readonly answerLoss: number
  /** What was asked for is done once more, later. */
  readonly duplication: number
  readonly newsLoss: number
}

export const FAIR: Weather = { longestWay: 40, loss: 0, answerLoss: 0, duplication: 0, newsLoss: 0 }

/** After this nobody waits for an answer any more. */
const PATIENCE = 10_000
/** What was under way may arrive as late as this. */
const LATENESS = 20_000
const PAGE_ENTRIES = 5

export interface SimLinkParts {
  readonly server: SimServer
  readonly time: VirtualTime
  readonly dice: Dice
  readonly weather: () => Weather
  /** Hears of what arrives at the server. */
  readonly trace: (what: string) => void
}

/** A device's way to a server: a remote over a network of a simulation. */
export class SimLink implements Remote {
  readonly id = 'server'
  readonly #parts: SimLinkParts
  readonly #logs = new Set<SimLog>()
  readonly #refusals: FirekeepError[] = []
  #isUp = true

  constructor(parts: SimLinkParts) {
    this.#parts = parts
    parts.server.onChange(isUp => this.#tell(isUp && this.#isUp))
  }

  get isUp(): boolean {
    return this.#isUp
  }

  switch(isUp: boolean): void {
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    this.#tell(isUp && this.#parts.server.isUp)
  }

  /** The next request that arrives is answered with this. */
  refuseNext(error: FirekeepError): void {
    this.#refusals.push(error)
  }

  forgive(): void {
    this.#refusals.length = 0
  }

  async open(access: LogAccess): Promise<RemoteLog> {
    const log = new SimLog({
      ...this.#parts,
      access,
      isUp: () => this.#isUp,
      takeRefusal: () => this.#refusals.shift(),
      onClose: () => this.#logs.delete(log),
    })
    this.#logs.add(log)
    return log
  }

  #tell(isConnected: boolean): void {
    for (const log of this.#logs) log.connectionChanged(isConnected)
  }
}

interface SimLogParts extends SimLinkParts {
  readonly access: LogAccess
  readonly isUp: () => boolean
  readonly takeRefusal: () => FirekeepError | undefined
  readonly onClose: () => void
}

type Act<T> = (log: RemoteLog) => Promise<T>

class SimLog implements RemoteLog {
  readonly #parts: SimLogParts
  readonly #closed = new AbortController()
  readonly #followers = new Set<Follower>()

  constructor(parts: SimLogParts) {
    this.#parts = parts
  }

  append(pack: Uint8Array, { blobs = [], signal }: AppendPackOptions = {}): Promise<LogPosition> {
    return this.#ask('write', log => log.append(pack, { blobs }), signal)
  }

  read(after: number, { limit, bytes, signal }: ReadLogOptions = {}): Promise<LogPage> {
    const few = {
      limit: Math.min(limit ?? PAGE_ENTRIES, PAGE_ENTRIES),
      ...(bytes !== undefined && { bytes }),
    }
    return this.#ask('read', log => log.read(after, few), signal)
  }

  digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.#ask('read', log => log.digests(after, limit), signal)
  }

  putBlob(name: string, bytes: BlobBytes, signal?: AbortSignal): Promise<void> {
    return this.#ask('write', log => log.putBlob(name, bytes), signal)
  }

  getBlob(name: string, { range, signal }: GetBlobOptions = {}): Promise<Uint8Array | undefined> {
    return this.#ask('read', log => log.getBlob(name, range === undefined ? {} : { range }), signal)
  }

  getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    return this.#ask('read', log => log.getPointer(), signal)
  }

  setPointer(pointer: RemotePointer, replaces: string | undefined, signal?: AbortSignal): Promise<boolean> {
    return this.#ask('write', log => log.setPointer(pointer, replaces), signal)
  }

  redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#ask('write', log => log.redact(seq, pack), signal)
  }

  delete(signal?: AbortSignal): Promise<void> {
    return this.#ask('write', log => log.delete(), signal)
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    const follower: Follower = { after, listener, isEnded: false, unfollow: () => undefined }
    this.#followers.add(follower)
    if (this.#isConnected) void this.#subscribe(follower)
    else this.#later(() => this.#tell(follower, { kind: 'lost', error: unreachable() }))
    return () => this.#end(follower)
  }

  close(): void {
    for (const follower of this.#followers) this.#end(follower)
    this.#closed.abort()
    this.#parts.onClose()
  }

  /** A connection that breaks is noticed by both ends, though not at once. */
  connectionChanged(isConnected: boolean): void {
    for (const follower of this.#followers) {
      follower.unfollow()
      follower.unfollow = () => undefined
      this.#later(() => {
        if (isConnected !== this.#isConnected) return
        if (!isConnected) return this.#tell(follower, { kind: 'lost', error: unreachable() })
        void this.#subscribe(follower)
        this.#tell(follower, { kind: 'restored' })
      })
    }
  }

  get #isConnected(): boolean {
    return this.#parts.isUp() && this.#parts.server.isUp
  }

  async #subscribe(follower: Follower): Promise<void> {
    const { server, access, dice } = this.#parts
    try {
      follower.unfollow()
      const unfollow = await server.follow(access, follower.after, event => {
        if (!this.#isConnected || dice.chance(this.#parts.weather().newsLoss)) return
        const times = dice.chance(this.#parts.weather().duplication) ? 2 : 1
        for (let i = 0; i < times; i += 1) this.#later(() => this.#tell(follower, event))
      })
      if (follower.isEnded) unfollow()
      else follower.unfollow = unfollow
    } catch (error) {
      this.#tell(follower, { kind: 'lost', error: error as Error })
    }
  }

  #tell(follower: Follower, event: RemoteEvent): void {
    if (!follower.isEnded) follower.listener(event)
  }

  #end(follower: Follower): void {
    follower.isEnded = true
    follower.unfollow()
    this.#followers.delete(follower)
  }

  #later(act: () => void): void {
    const { time, dice, weather } = this.#parts
    time.after(dice.between(0, weather().longestWay), act)
  }

  /** Asks the server for something. What happens on the way is decided at once, so that it is the same in each run. */
  #ask<T>(kind: 'read' | 'write', act: Act<T>, signal?: AbortSignal): Promise<T> {
    const { time, dice, weather } = this.#parts
    const { loss, answerLoss, duplication, longestWay } = weather()
    const { promise, settle } = this.#question<T>(signal)
    const isAnswered = !dice.chance(answerLoss)
    const lateness = !isAnswered && dice.chance(0.3) ? LATENESS : 0
    const way = dice.between(0, longestWay) + lateness
    if (!dice.chance(loss))
      time.after(way, () => void this.#arrive(kind, act, isAnswered ? settle : undefined))
    if (dice.chance(duplication)) time.after(way + longestWay, () => void this.#arrive(kind, act, undefined))
    return promise
  }

  /** The request is at the server; without `settle` nobody hears what comes of it. */
  async #arrive<T>(kind: 'read' | 'write', act: Act<T>, settle: Settle<T> | undefined): Promise<void> {
    const { server, access, takeRefusal, trace } = this.#parts
    const answer = (end: () => Promise<T>) => settle !== undefined && this.#later(() => settle(end))
    const refusal = settle === undefined ? undefined : takeRefusal()
    // Who is cut off notices; who is not may wait for nothing.
    if (!this.#isConnected || refusal !== undefined) {
      answer(() => Promise.reject(refusal ?? unreachable()))
      return
    }
    trace(`${kind}${settle === undefined ? ' unheard' : ''}`)
    const outcome = server[kind](access, act)
    const tell = () => answer(() => outcome)
    outcome.then(tell, tell)
  }

  /** A promise of an answer, which ends by itself when none comes. */
  #question<T>(signal: AbortSignal | undefined): { promise: Promise<T>; settle: Settle<T> } {
    let settle: Settle<T> = () => undefined
    const promise = new Promise<T>((resolve, reject) => {
      const signals = [signal, this.#closed.signal].filter(each => each !== undefined)
      const callOff = this.#parts.time.after(PATIENCE, () => settle(() => Promise.reject(unreachable())))
      const end = () => settle(() => Promise.reject(calledOff()))
      settle = outcome => {
        callOff()
        for (const each of signals) each.removeEventListener('abort', end)
        outcome().then(resolve, reject)
      }
      for (const each of signals) each.addEventListener('abort', end)
      if (signals.some(each => each.aborted)) end()
    })
    return { promise, settle }
  }
}

type Settle<T> = (outcome: () => Promise<T>) => void

interface Follower {
  readonly after: number
  readonly listener: (event: RemoteEvent) => void
  isEnded: boolean
  unfollow: () => void
}

function unreachable(): FirekeepError {
  return new FirekeepError('REMOTE_UNAVAILABLE', 'no answer came over the simulated network')
}

function calledOff(): FirekeepError {
  return new FirekeepError('ABORTED', 'the exchange was called off')
}
