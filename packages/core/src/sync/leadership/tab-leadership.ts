import { FirekeepError } from '../../errors.js'
import { Emitter } from '../../primitives/emitter.js'
import { Election } from './election.js'
import type { Leadership, SyncHandler } from './leadership.js'
import { SyncRequests } from './sync-requests.js'
import { parseTabMessage, type TabMessage } from './tab-message.js'
import type { TabChannel, TabPlatform } from './tab-platform.js'

export interface TabLeadershipParts<Status> {
  readonly platform: TabPlatform
  /** The same in all tabs that share the database and the remote; other sites cannot see it, but it says nothing. */
  readonly name: string
  /** Whether what another tab, maybe of another version, sent is a status. */
  readonly isStatus: (value: unknown) => value is Status
}

/** One tab of a browser among others: an election, and a channel over which the leader is heard and asked. */
export class TabLeadership<Status> implements Leadership<Status> {
  readonly #parts: TabLeadershipParts<Status>
  readonly #id: string
  readonly #election: Election
  readonly #requests: SyncRequests
  readonly #changes = new Emitter<boolean>()
  readonly #statuses = new Emitter<Status>()
  readonly #pokes = new Emitter<void>()
  /** There while this tab takes part: not while its page is put away. */
  #presence: Presence | undefined
  #unwatch: (() => void) | undefined
  #run: Promise<void> = Promise.resolve()
  #published: Status | undefined
  #revision = 0
  /** The status that was told last, by who published it and its number. */
  #told = ''
  #isClosed = false

  constructor(parts: TabLeadershipParts<Status>) {
    this.#parts = parts
    const id = parts.platform.createId()
    this.#id = id
    this.#election = new Election({
      platform: parts.platform,
      name: parts.name,
      tellLeading: () => this.#tellLeading(),
      ask: () => this.#post({ kind: 'ask', from: id }),
    })
    this.#requests = new SyncRequests({
      id,
      isLeader: () => this.isLeader,
      post: message => this.#post(message),
    })
  }

  static open<Status>(parts: TabLeadershipParts<Status>): TabLeadership<Status> {
    const leadership = new TabLeadership(parts)
    leadership.#start()
    return leadership
  }

  get isLeader(): boolean {
    return this.#election.isLeader
  }

  onChange(listener: (isLeader: boolean) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  async assertLeader(): Promise<void> {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'the remote was detached')
    await this.#election.assertLeader()
  }

  publish(status: Status): void {
    if (status === this.#published) return
    this.#published = status
    this.#revision++
    void this.#election.beat()
  }

  onStatus(listener: (status: Status) => void): () => void {
    return this.#statuses.subscribe(listener)
  }

  poke(): void {
    if (this.isLeader) this.#pokes.emit()
    else this.#post({ kind: 'poke', from: this.#id })
  }

  onPoke(listener: () => void): () => void {
    return this.#pokes.subscribe(listener)
  }

  requestSync(clock: readonly string[], signal?: AbortSignal): Promise<void> {
    return this.#requests.request(clock, signal)
  }

  serveSync(handler: SyncHandler): () => void {
    return this.#requests.serve(handler)
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.#unwatch?.()
      this.#requests.close()
      this.#leave()
    }
    await this.#run
  }

  #start(): void {
    this.#election.onChange(isLeader => {
      this.#requests.follow(isLeader ? this.#id : undefined)
      this.#changes.emit(isLeader)
    })
    this.#unwatch = this.#parts.platform.watchPage(isThere => (isThere ? this.#join() : this.#leave()))
    this.#join()
  }

  #join(): void {
    if (this.#presence !== undefined || this.#isClosed) return
    const { platform, name } = this.#parts
    const stop = new AbortController()
    const channel = platform.openChannel(name, message => this.#receive(message))
    this.#presence = { stop, channel }
    this.#run = this.#run.then(() => this.#election.run(stop.signal))
  }

  /** Gives the lock back in this turn: there may be no other before the page is put away. */
  #leave(): void {
    const presence = this.#presence
    this.#presence = undefined
    presence?.stop.abort()
    presence?.channel.close()
    this.#requests.follow(undefined)
    this.#told = ''
  }

  #tellLeading(): void {
    const status = this.#published ?? null
    this.#post({ kind: 'leading', from: this.#id, revision: this.#revision, status })
  }

  #post(message: TabMessage): void {
    this.#presence?.channel.post(message)
  }

  #receive(value: unknown): void {
    const message = parseTabMessage(value)
    if (message === undefined || this.#presence === undefined) return
    switch (message.kind) {
      case 'leading':
        this.#onLeading(message)
        break
      case 'ask':
        void this.#election.beat()
        break
      case 'poke':
        if (this.isLeader) this.#pokes.emit()
        break
      case 'sync':
        this.#requests.ask(message)
        break
      case 'synced':
        this.#requests.settle(message)
    }
  }

  #onLeading({ from, revision, status }: Extract<TabMessage, { kind: 'leading' }>): void {
    this.#election.heard()
    if (this.isLeader) return
    this.#requests.follow(from)
    const told = `${from}/${revision}`
    if (told === this.#told) return
    this.#told = told
    if (this.#parts.isStatus(status)) this.#statuses.emit(status)
  }
}

interface Presence {
  readonly stop: AbortController
  readonly channel: TabChannel
}
