import type { View } from '../state/view.js'
import type { Committer } from './committer.js'
import type { WriteCall, WriteRequest } from './write-call.js'

type Clock = readonly string[]

interface WriteItem {
  readonly kind: 'write'
  readonly call: WriteCall
  readonly resolve: (clock: Clock) => void
  readonly reject: (error: unknown) => void
}

type Item = WriteItem | { readonly kind: 'exclusive'; readonly run: () => Promise<void> }

/**
 * Takes the writing calls of one engine in the order they are issued (L9) and joins those that wait together
 * into one durable step (group commit). A call that fails does not take others with it, unless the storage
 * fails.
 */
export class WriteQueue {
  readonly #open: () => Promise<Committer>
  readonly #viewNow: () => View | undefined
  readonly #waiting: { readonly for: number; readonly resolve: () => void }[] = []
  #items: Item[] = []
  #isRunning = false
  #committer: Committer | undefined
  /** How many items were queued, and how many have their outcome. */
  #issued = 0
  #decided = 0

  /**
   * `open` resolves with what commits, once the database is open; it may reject and be asked again. `viewNow` is
   * what a caller sees; `undefined` until then.
   */
  constructor(open: () => Promise<Committer>, viewNow: () => View | undefined) {
    this.#open = open
    this.#viewNow = viewNow
  }

  /** Resolves when everything issued so far has been decided; `undefined` when there is nothing to wait for. */
  get settled(): Promise<void> | undefined {
    if (this.#decided === this.#issued) return undefined
    return new Promise(resolve => this.#waiting.push({ for: this.#issued, resolve }))
  }

  /** Queues a write; resolves with the clock of its commit when it is durable. */
  write(request: WriteRequest): Promise<Clock> {
    const call = { ...request, seen: this.#viewNow() }
    if (call.failIfStale) {
      return this.guarded(async () => ({ call, result: undefined })).then(({ clock }) => clock)
    }
    return new Promise<Clock>((resolve, reject) => this.#enqueue({ kind: 'write', call, resolve, reject }))
  }

  /**
   * Queues a write whose request takes time to make: it is made when the turn of the call has come, and what was issued
   * later waits for it (L9).
   */
  writePrepared(prepare: () => Promise<WriteRequest>): Promise<Clock> {
    const seen = this.#viewNow()
    return new Promise((resolve, reject) => {
      const run = async () => {
        const call = { ...(await prepare()), seen }
        const committer = await this.#mustOpen()
        if (!call.failIfStale) return writeAlone(committer, call)
        return (await committer.writeGuarded(async () => ({ call, result: undefined }))).clock
      }
      this.#enqueue({ kind: 'exclusive', run: () => run().then(resolve, reject) })
    })
  }

  /** Queues a write that is decided by what is stored; see {@link Committer.writeGuarded}. */
  guarded<T>(
    decide: (view: View) => Promise<{ call: WriteCall; result: T }>,
  ): Promise<{ clock: Clock; result: T }> {
    return new Promise((resolve, reject) => {
      const run = async () => (await this.#mustOpen()).writeGuarded(decide)
      this.#enqueue({ kind: 'exclusive', run: () => run().then(resolve, reject) })
    })
  }

  async #mustOpen(): Promise<Committer> {
    this.#committer ??= await this.#open()
    return this.#committer
  }

  #enqueue(item: Item): void {
    this.#items.push(item)
    this.#issued += 1
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => this.#run())
  }

  #decide(count: number): void {
    this.#decided += count
    while (this.#waiting[0] !== undefined && this.#waiting[0].for <= this.#decided)
      this.#waiting.shift()?.resolve()
  }

  async #run(): Promise<void> {
    while (this.#items.length > 0) {
      const items = this.#items
      this.#items = []
      this.#committer?.beginRound()
      for (let at = 0; at < items.length; ) {
        const group = leadingWrites(items, at)
        if (group.length > 0) await this.#writeGroup(group)
        else await (items[at] as Extract<Item, { kind: 'exclusive' }>).run()
        at += Math.max(1, group.length)
        this.#decide(Math.max(1, group.length))
      }
    }
    this.#committer?.rest()
    this.#isRunning = false
  }

  async #writeGroup(items: readonly WriteItem[]): Promise<void> {
    const open = new Map(items.map(item => [item.call, item]))
    const fail = (call: WriteCall, error: unknown) => {
      open.get(call)?.reject(error)
      open.delete(call)
    }
    try {
      const committer = await this.#mustOpen()
      const clockByCall = await committer.write([...open.keys()], fail)
      for (const [call, item] of open) item.resolve(clockByCall.get(call) as Clock)
    } catch (error) {
      for (const call of open.keys()) fail(call, error)
    }
  }
}

async function writeAlone(committer: Committer, call: WriteCall): Promise<Clock> {
  let failure: { readonly error: unknown } | undefined
  const clockByCall = await committer.write([call], (_, error) => {
    failure = { error }
  })
  if (failure !== undefined) throw failure.error
  return clockByCall.get(call) as Clock
}

function leadingWrites(items: readonly Item[], from: number): WriteItem[] {
  const writes: WriteItem[] = []
  for (let i = from; i < items.length; i++) {
    const item = items[i] as Item
    if (item.kind !== 'write') break
    writes.push(item)
  }
  return writes
}
