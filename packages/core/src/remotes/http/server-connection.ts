import { FirekeepError } from '../../errors.js'
import { Backoff } from '../../primitives/backoff.js'
import type { ServerLimits } from '../../protocol/limits.js'
import type { LogAccess } from '../../protocol/remote.js'
import { createAbort } from '../create-abort.js'
import { Channel, type ChannelListener, type News } from './channel.js'
import { Credentials } from './credentials.js'
import { dial } from './dial.js'
import type { HttpRemoteOptions } from './http-options.js'
import type { HttpPlatform } from './http-platform.js'
import type { Link } from './link.js'
import { LogSession } from './log-session.js'
import type { ServerAddress } from './server-address.js'
import { ServerClock } from './server-clock.js'
import { retryAfterOf, toRemoteError, unavailable } from './server-error.js'
import { dialSocket } from './socket-link.js'

export interface ConnectionParts {
  readonly address: ServerAddress
  readonly options: HttpRemoteOptions
  readonly platform: HttpPlatform
  /** Called when nobody uses the connection any more. */
  onUnused(): void
}

/** How often a socket is tried while polling has to do. */
const SOCKET_RETRY = 300_000
/** A connection that held for so long was no failed try. */
const STEADY = 10_000

/** The one connection of this page to a server: dialled when it is needed, shared by all logs that are open. */
export class ServerConnection implements ChannelListener {
  readonly credentials: Credentials
  readonly #parts: ConnectionParts
  readonly #clock: ServerClock
  readonly #sessionByLog = new Map<string, LogSession>()
  readonly #closed = createAbort()
  readonly #backoff = new Backoff()
  readonly #endNetwork: () => void
  #channel: Channel | undefined
  #limits: ServerLimits | undefined
  #dialling: Promise<Channel> | undefined
  #cancelRetry: (() => void) | undefined
  #cancelUpgrade: (() => void) | undefined
  #socketBlockedUntil = -Infinity
  /** The server asked to be left alone until then. */
  #notBefore = -Infinity

  constructor(parts: ConnectionParts) {
    const { address, options, platform } = parts
    this.#parts = parts
    this.#clock = new ServerClock(platform)
    this.credentials = new Credentials({
      origin: address.origin,
      platform,
      clock: this.#clock,
      admission: options.admission,
    })
    this.#endNetwork = platform.onNetwork(isOnline => this.#onNetwork(isOnline))
  }

  /** What the server said that it takes, once it was reached. */
  get limits(): ServerLimits | undefined {
    return this.#limits
  }

  /** The session of a log; `release` when it is not needed any more. */
  acquire(access: LogAccess): LogSession {
    const { logId } = access
    const session = this.#sessionByLog.get(logId) ?? this.#createSession(logId)
    this.#sessionByLog.set(logId, session)
    session.accesses.add(access)
    return session
  }

  release(access: LogAccess): void {
    const session = this.#sessionByLog.get(access.logId)
    if (!session?.accesses.delete(access) || session.accesses.size > 0) return
    this.#sessionByLog.delete(access.logId)
    session.close()
    if (this.#sessionByLog.size === 0) this.#close()
  }

  /** The channel in use; dials where there is none. `REMOTE_UNAVAILABLE` where the server is not reached. */
  async connect(): Promise<Channel> {
    if (this.#channel !== undefined) return this.#channel
    const left = this.#notBefore - this.#parts.platform.elapsed()
    if (left > 0) throw unavailable('the server asked to be left alone for a while', { retryAfter: left })
    this.#dialling ??= this.#dial().finally(() => {
      this.#dialling = undefined
    })
    return this.#dialling
  }

  isFollowing(): boolean {
    return [...this.#sessionByLog.values()].some(({ isFollowed }) => isFollowed)
  }

  onNews(channel: Channel, news: News): void {
    this.#sessionByLog.get(news.log)?.onNews(channel, news)
  }

  onLogRefused(channel: Channel, logId: string, error: FirekeepError): void {
    this.#sessionByLog.get(logId)?.onRefused(channel, error)
  }

  onProbe(channel: Channel): void {
    for (const session of this.#sessionByLog.values()) if (session.probe(channel)) return
  }

  onLost(channel: Channel, error: FirekeepError): void {
    if (channel === this.#channel) {
      const { platform } = this.#parts
      this.#channel = undefined
      this.#cancelUpgrade?.()
      this.#notBefore = platform.elapsed() + (retryAfterOf(error) ?? 0)
      if (platform.elapsed() - channel.openedAt >= STEADY) this.#backoff.reset()
    }
    for (const session of [...this.#sessionByLog.values()]) session.onLost(channel, error)
  }

  #createSession(logId: string): LogSession {
    return new LogSession({
      logId,
      platform: this.#parts.platform,
      clock: this.#clock,
      credentials: this.credentials,
      connect: () => this.connect(),
      retryLater: after => this.#retryLater(after),
    })
  }

  async #dial(): Promise<Channel> {
    const { address, options, platform } = this.#parts
    const { signal } = this.#closed
    const isAllowed = options.transport !== 'polling' && platform.webSocket !== undefined
    const trySocket = isAllowed && platform.elapsed() >= this.#socketBlockedUntil
    try {
      const link = await dial({ address, platform, trySocket, signal })
      if (trySocket && link.transport === 'polling') {
        this.#socketBlockedUntil = platform.elapsed() + SOCKET_RETRY
      }
      if (isAllowed && link.transport === 'polling') this.#upgradeLater()
      return this.#use(link)
    } catch (thrown) {
      const error = toRemoteError(thrown, 'the server cannot be reached')
      this.#notBefore = platform.elapsed() + (retryAfterOf(error) ?? 0)
      throw error
    }
  }

  #use(link: Link): Channel {
    if (this.#closed.signal.aborted) {
      link.close()
      throw new FirekeepError('ABORTED', 'the connection is not needed any more')
    }
    this.#clock.correct(link.welcome.time)
    this.#limits = link.welcome.limits
    const channel = Channel.open(link, this.#parts.platform, this)
    if (channel.isUsable) this.#channel = channel
    return channel
  }

  /** Tries a socket in a while, beside polling, and takes it where it works. */
  #upgradeLater(): void {
    this.#cancelUpgrade?.()
    this.#cancelUpgrade = this.#parts.platform.schedule(SOCKET_RETRY, () => void this.#upgrade())
  }

  async #upgrade(): Promise<void> {
    const { address, platform } = this.#parts
    const before = this.#channel
    try {
      const link = await dialSocket(address, platform, this.#closed.signal)
      if (before === undefined || this.#channel !== before) link.close()
      else {
        this.#use(link)
        before.retire()
        for (const session of this.#sessionByLog.values()) if (session.isFollowed) void session.refollow()
      }
    } catch {
      // Still blocked: polling goes on.
      if (this.#channel === before && before !== undefined) this.#upgradeLater()
    }
  }

  /** Followers wait for the connection to come back; everybody else asks when he needs it. */
  #retryLater(after = 0): void {
    if (this.#cancelRetry !== undefined || this.#closed.signal.aborted) return
    const { platform } = this.#parts
    const wait = Math.max(
      after,
      this.#backoff.next(() => platform.random()),
    )
    this.#cancelRetry = platform.schedule(wait, () => this.#retry())
  }

  #retry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    for (const session of [...this.#sessionByLog.values()]) if (session.isFollowed) void session.refollow()
  }

  #onNetwork(isOnline: boolean): void {
    if (!isOnline) this.#channel?.suspect()
    else if (this.#cancelRetry !== undefined) this.#retry()
  }

  #close(): void {
    this.#closed.abort()
    this.#cancelRetry?.()
    this.#cancelUpgrade?.()
    this.#endNetwork()
    this.#channel?.close(new FirekeepError('ABORTED', 'nobody uses the connection any more'))
    this.#parts.onUnused()
  }
}
