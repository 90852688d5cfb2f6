import { type CidKey, cidToKey, parseCid } from '../codec/cid.js'
import type { CommitNode } from '../commits/ancestry.js'
import { FirekeepError } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'

/** Where a commit stands in a log: in which entry, and where in it. */
interface Place {
  readonly seq: number
  readonly index: number
}

/** Of more commits than these only the newest are remembered; what is older stands before them in any case. */
const KEPT = 20_000

/**
 * The order in which commits stand in a remote's log, of those that were read from it or read back since it was
 * attached. What was acknowledged before stands before all of these. It says who may go on and never enters the
 * state (L1).
 */
export class LogOrder {
  readonly #ledger: Pick<Ledger, 'view'>
  readonly #kept: number
  readonly #placeByKey = new Map<CidKey, Place>()
  #missing: () => Promise<readonly CommitNode[]> = async () => []
  #isKnown = false

  constructor(ledger: Pick<Ledger, 'view'>, kept = KEPT) {
    this.#ledger = ledger
    this.#kept = kept
  }

  /** From now on this exchange knows what the remote lacks. */
  askOf(exchange: { missing(): Promise<readonly CommitNode[]> }): void {
    this.#missing = () => exchange.missing()
    this.#isKnown = true
  }

  /** These commits stand in an entry of the log. One that stands in it twice counts where it stood first. */
  note(seq: number, commits: readonly { readonly key: CidKey }[]): void {
    for (const [index, { key }] of commits.entries()) {
      const known = this.#placeByKey.get(key)
      if (known === undefined || compare({ seq, index }, known) < 0) this.#placeByKey.set(key, { seq, index })
    }
    for (const key of this.#placeByKey.keys()) {
      if (this.#placeByKey.size <= this.#kept) break
      this.#placeByKey.delete(key)
    }
  }

  /** The log is another one. */
  forget(): void {
    this.#placeByKey.clear()
  }

  /** The index of the clock that stands first, of those that are acknowledged; of several from before the first one given. */
  async firstOf(clocks: unknown): Promise<number | undefined> {
    const asked = readClocks(clocks)
    const unacked = await this.#unacked()
    if (unacked === undefined) return undefined
    let first: { readonly place: Place; readonly at: number } | undefined
    for (const [at, clock] of asked.entries()) {
      const places = await Promise.all(clock.map(text => this.#placeOf(text, unacked)))
      // A clock is there once all of its commits are.
      const place = places.reduce(later, BEFORE)
      if (place !== undefined && (first === undefined || compare(place, first.place) < 0))
        first = { place, at }
    }
    return first?.at
  }

  async #unacked(): Promise<ReadonlySet<CidKey> | undefined> {
    return this.#isKnown ? new Set((await this.#missing()).map(({ key }) => key)) : undefined
  }

  async #placeOf(text: unknown, unacked: ReadonlySet<CidKey>): Promise<Place | undefined> {
    const cid = parseCid(text)
    const key = cidToKey(cid)
    if (unacked.has(key) || (await this.#ledger.view.find(cid)) === undefined) return undefined
    return this.#placeByKey.get(key) ?? BEFORE
  }
}

const BEFORE: Place = { seq: -1, index: 0 }

function compare(a: Place, b: Place): number {
  return a.seq - b.seq || a.index - b.index
}

function later(a: Place | undefined, b: Place | undefined): Place | undefined {
  if (a === undefined || b === undefined) return undefined
  return compare(a, b) < 0 ? b : a
}

function readClocks(clocks: unknown): readonly (readonly unknown[])[] {
  if (Array.isArray(clocks) && clocks.every(clock => Array.isArray(clock))) return clocks
  throw new FirekeepError('INVALID_OPTION', 'firstOf takes an array of clocks')
}
