import { FirekeepError, hasErrorCode } from '../../errors.js'
import type { ReplyByKind } from '../../protocol/messages.js'
import type { LogAccess, RemoteEvent } from '../../protocol/remote.js'
import type { Channel, News, RequestKind, RequestOf } from './channel.js'
import type { Credential, Credentials } from './credentials.js'
import { Followers } from './followers.js'
import type { HttpPlatform } from './http-platform.js'
import type { ServerClock } from './server-clock.js'
import { retryAfterOf, toRemoteError } from './server-error.js'

export interface LogSessionParts {
  readonly logId: string
  readonly platform: HttpPlatform
  readonly clock: ServerClock
  readonly credentials: Credentials
  /** The channel in use; connects where there is none. */
  connect(): Promise<Channel>
  /** Asks to call `refollow` later, as it may work then. */
  retryLater(after: number | undefined): void
}

interface Opened {
  readonly channel: Channel
  readonly access: LogAccess
  readonly isOpen: Promise<void>
  /** The end of the log when it was opened. */
  head: number
  /** When a new credential is due, by `HttpPlatform.elapsed`. */
  renewAt: number
}

/** A server that says that a token expires at once is not asked all the time. */
const LEAST_RENEWAL = 10_000
const RENEW_AT = 0.8

/** What all who use one log over one connection share: it is opened, renewed and followed once. */
export class LogSession {
  readonly accesses = new Set<LogAccess>()
  readonly #parts: LogSessionParts
  readonly #followers = new Followers()
  #opened: Opened | undefined
  #followed: Channel | undefined
  #refusedAt = -Infinity
  #cancelRenewal: (() => void) | undefined

  constructor(parts: LogSessionParts) {
    this.#parts = parts
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0
  }

  /** The access with the most rights: on a connection a log has one token. */
  get access(): LogAccess {
    const all = [...this.accesses]
    const access = all.find(({ permission }) => permission === 'write') ?? all[0]
    if (access !== undefined) return access
    throw new FirekeepError('ABORTED', 'the log was closed')
  }

  async request<K extends RequestKind>(
    body: Omit<RequestOf<K>, 'log'>,
    signal: AbortSignal,
  ): Promise<ReplyByKind[K]> {
    const reply = await this.#tryTwice(channel => {
      if (signal.aborted) throw new FirekeepError('ABORTED', 'the call was aborted')
      return channel.request<K>({ ...body, log: this.#parts.logId } as unknown as RequestOf<K>)
    })
    // A log that could not be followed a while ago works again.
    if (this.isFollowed && this.#followed === undefined) void this.refollow()
    return reply
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    const stop = this.#followers.add(after, listener)
    void this.refollow()
    return () => {
      stop()
      if (!this.isFollowed) this.#cancelRenewal?.()
    }
  }

  /** Follows on the channel in use, unless that is so already. */
  async refollow(): Promise<void> {
    try {
      const channel = await this.#parts.connect()
      const { head } = await this.#open(channel)
      this.#scheduleRenewal()
      if (this.#followed === channel || !this.isFollowed) return
      this.#followed = channel
      this.#followers.tellRestored(head)
      this.#sendFollow(channel)
    } catch (error) {
      this.#stopFollowing(toRemoteError(error, 'the log could not be followed'))
    }
  }

  onNews(channel: Channel, { seq, entries }: News): void {
    if (channel === this.#followed) this.#followers.tellNews(seq, entries)
  }

  /** The server serves the log no more on this channel: the token expired, or it is gone. */
  onRefused(channel: Channel, error: FirekeepError): void {
    if (this.#opened?.channel === channel) this.#opened = undefined
    if (this.#followed !== channel) return
    const { platform, clock } = this.#parts
    if (typeof error.details.time === 'number') clock.correct(error.details.time)
    const isFirst = platform.elapsed() - this.#refusedAt > LEAST_RENEWAL
    this.#refusedAt = platform.elapsed()
    if (error.code !== 'UNAUTHORIZED' || !isFirst) {
      this.#stopFollowing(error)
      return
    }
    this.#followed = undefined
    void this.refollow()
  }

  onLost(channel: Channel, error: FirekeepError): void {
    if (this.#opened?.channel === channel) this.#opened = undefined
    if (this.#followed === channel) this.#stopFollowing(error)
  }

  /** Sends what the server has to answer, a new credential; answers whether it did. */
  probe(channel: Channel): boolean {
    return this.#renew(channel)
  }

  close(): void {
    this.#cancelRenewal?.()
    const channel = this.#opened?.channel
    this.#opened = undefined
    if (!channel?.isUsable) return
    channel.request<'close'>({ kind: 'close', log: this.#parts.logId }).catch(() => undefined)
  }

  #sendFollow(channel: Channel): void {
    const log = this.#parts.logId
    channel.request<'follow'>({ kind: 'follow', log, after: this.#followers.after }).then(
      // By polling it comes late, behind news that it knows nothing of.
      ({ head }) =>
        head.seq > this.#followers.seq &&
        this.onNews(channel, { kind: 'news', log, seq: head.seq, entries: [] }),
      error => this.onRefused(channel, toRemoteError(error, 'the log could not be followed')),
    )
  }

  #stopFollowing(error: FirekeepError): void {
    this.#followed = undefined
    this.#cancelRenewal?.()
    if (!this.isFollowed) return
    this.#followers.tellLost(error)
    const isWorthIt = error.code === 'REMOTE_UNAVAILABLE' || error.code === 'LIMIT_EXCEEDED'
    if (isWorthIt) this.#parts.retryLater(retryAfterOf(error))
  }

  /** A token may expire under a request; all verbs are idempotent. */
  async #tryTwice<T>(attempt: (channel: Channel) => Promise<T>): Promise<T> {
    const channel = await this.#parts.connect()
    const opened = await this.#open(channel)
    try {
      return await attempt(channel)
    } catch (error) {
      if (!hasErrorCode(error, 'UNAUTHORIZED')) throw error
      if (this.#opened === opened) this.#opened = undefined
      await this.#open(channel)
      return attempt(channel)
    }
  }

  async #open(channel: Channel): Promise<Opened> {
    const { access } = this
    const known = this.#opened
    if (known?.channel === channel && known.access === access) {
      if (known.renewAt <= this.#parts.platform.elapsed()) this.#renew(channel)
      await known.isOpen
      return known
    }
    return this.#openAnew(channel, access)
  }

  async #openAnew(channel: Channel, access: LogAccess): Promise<Opened> {
    const opened: Opened = {
      channel,
      access,
      isOpen: this.#sendOpen(channel, access),
      head: 0,
      renewAt: Infinity,
    }
    this.#opened = opened
    try {
      await opened.isOpen
    } catch (error) {
      if (this.#opened === opened) this.#opened = undefined
      throw error
    }
    return opened
  }

  /** Opens again in band, while requests go on under the credential before. */
  #renew(channel: Channel): boolean {
    const opened = this.#opened
    if (opened?.channel !== channel) return false
    opened.renewAt = Infinity
    this.#parts.credentials
      .renew(opened.access)
      .then(() => this.#sendOpen(channel, opened.access))
      .then(
        () => this.#scheduleRenewal(),
        error => this.onRefused(channel, toRemoteError(error, 'the log could not be opened again')),
      )
    return true
  }

  #sendOpen(channel: Channel, access: LogAccess): Promise<void> {
    const { credentials, logId, platform, clock } = this.#parts
    return credentials.use(access, async ({ token, admission, renewAt }: Credential) => {
      const request = { kind: 'open' as const, log: logId, token }
      const reply = await channel.request<'open'>(
        admission === undefined ? request : { ...request, admission },
      )
      const now = platform.elapsed()
      const served = Math.max(LEAST_RENEWAL, (reply.expires - clock.now()) * RENEW_AT)
      if (this.#opened?.channel !== channel) return
      this.#opened.renewAt = Math.min(renewAt, now + served)
      this.#opened.head = reply.head.seq
    })
  }

  #scheduleRenewal(): void {
    this.#cancelRenewal?.()
    const opened = this.#opened
    if (opened === undefined || !this.isFollowed || opened.renewAt === Infinity) return
    const left = Math.max(0, opened.renewAt - this.#parts.platform.elapsed())
    this.#cancelRenewal = this.#parts.platform.schedule(left, () => this.#renew(opened.channel))
  }
}
