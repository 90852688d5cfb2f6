import type { FirekeepError } from '../../errors.js'
import { encodeMessage } from '../../protocol/message-codec.js'
import type { ErrorMessage, ReplyByKind, RequestMessage, ServerMessage } from '../../protocol/messages.js'
import type { HttpPlatform } from './http-platform.js'
import type { Link, Welcome } from './link.js'
import { RequestTable } from './request-table.js'
import { errorOfServer, retryAfterOf, unavailable } from './server-error.js'
import { SilenceWatch } from './silence-watch.js'
import { tooLarge } from './too-large.js'

export type RequestKind = RequestMessage['kind']
/** A request of a kind before it has a number. */
export type RequestOf<K extends RequestKind> = Omit<Extract<RequestMessage, { kind: K }>, 'id'>
export type News = Extract<ServerMessage, { kind: 'news' }>

/** What happens on a channel without having been asked for. */
export interface ChannelListener {
  /** Whether news are expected. */
  isFollowing(): boolean
  onNews(channel: Channel, news: News): void
  /** The server serves a log no more, most often because its token expired. */
  onLogRefused(channel: Channel, logId: string, error: FirekeepError): void
  /** The channel is of no use any more; who waits for answers was told. */
  onLost(channel: Channel, error: FirekeepError): void
  /** Something has to be sent that the server answers. */
  onProbe(channel: Channel): void
}

/** How long a server that said it is closing may take to. */
const CLOSING_MILLISECONDS = 15_000

/** A connection in use: requests find their answers, and its end is noticed. */
export class Channel {
  readonly welcome: Welcome
  readonly transport: Link['transport']
  readonly openedAt: number
  readonly #link: Link
  readonly #platform: HttpPlatform
  readonly #listener: ChannelListener
  readonly #requests = new RequestTable()
  #watch: SilenceWatch | undefined
  #ended: FirekeepError | undefined
  #closing: { readonly retryAfter: number; readonly cancel: () => void } | undefined
  #isRetired = false

  private constructor(link: Link, platform: HttpPlatform, listener: ChannelListener) {
    this.#link = link
    this.#platform = platform
    this.#listener = listener
    this.welcome = link.welcome
    this.transport = link.transport
    this.openedAt = platform.elapsed()
  }

  static open(link: Link, platform: HttpPlatform, listener: ChannelListener): Channel {
    const channel = new Channel(link, platform, listener)
    channel.#start()
    return channel
  }

  /** Whether it was neither closed nor replaced, and the server does not go away. */
  get isUsable(): boolean {
    return this.#ended === undefined && this.#closing === undefined && !this.#isRetired
  }

  async request<K extends RequestKind>(request: RequestOf<K>): Promise<ReplyByKind[K]> {
    if (this.#ended !== undefined) throw this.#ended
    if (this.#closing !== undefined) throw this.#closingError(this.#closing.retryAfter)
    const { frameBytes } = this.welcome.limits
    // Before it is encoded: what is far too large need not be copied.
    const large = Math.max(...Object.values(request).map(value => (value as Uint8Array)?.byteLength ?? 0))
    if (large > frameBytes) throw tooLarge(large, frameBytes)
    const { id, reply } = this.#requests.add(request.kind as K)
    const message = { ...request, id } as unknown as RequestMessage
    const encoded = encodeMessage(message)
    if (encoded.length > frameBytes) this.#requests.fail(id, tooLarge(encoded.length, frameBytes))
    else this.#link.send(message, encoded)
    return reply
  }

  /** Closes after some time in which what is under way comes to its end: another channel takes over. */
  retire(): void {
    this.#isRetired = true
    this.#platform.schedule(CLOSING_MILLISECONDS, () =>
      this.close(unavailable('the connection was replaced')),
    )
  }

  /** Asks for a sign of life. */
  suspect(): void {
    this.#watch?.suspect()
  }

  close(error: FirekeepError): void {
    if (this.#ended !== undefined) return
    this.#link.close()
    this.#end(error)
  }

  #start(): void {
    // An exchange of polling has a time limit of its own.
    if (this.transport === 'socket') this.#watch = this.#createWatch()
    this.#link.listen({
      onMessage: message => this.#take(message),
      onRefused: (id, error) => this.#requests.fail(id, error),
      onClosed: error => this.#end(error),
    })
  }

  #createWatch(): SilenceWatch {
    return new SilenceWatch({
      platform: this.#platform,
      isWaiting: () => this.#requests.size > 0 || this.#listener.isFollowing(),
      unsent: () => this.#link.unsent,
      probe: () => this.#listener.onProbe(this),
      onSilent: () => this.close(unavailable('the server went silent')),
    })
  }

  #take(message: ServerMessage): void {
    this.#watch?.heard()
    switch (message.kind) {
      case 'done':
        this.#requests.settle(message)
        this.#endIfDone()
        return
      case 'error':
        if (message.id === 0) this.#takeUnasked(message)
        else this.#requests.settle(message)
        this.#endIfDone()
        return
      case 'news':
        if (this.isUsable) this.#listener.onNews(this, message)
        return
      case 'closing':
        this.#startClosing(message.retryAfter)
        return
      case 'welcome':
        return
    }
  }

  /** An error that answers nothing is about a log that it names, or about the connection. */
  #takeUnasked(message: ErrorMessage): void {
    const error = errorOfServer(message)
    if (message.code === 'UNAUTHORIZED' || message.code === 'GONE' || message.code === 'FORBIDDEN') {
      this.#listener.onLogRefused(this, message.request, error)
      return
    }
    // What the connection met is no answer to what was asked on it.
    const retryAfter = retryAfterOf(error)
    const wait = retryAfter === undefined ? {} : { retryAfter }
    this.close(unavailable('the server ended the connection', { cause: error, ...wait }))
  }

  #startClosing(retryAfter: number): void {
    if (this.#closing !== undefined) return
    const error = this.#closingError(retryAfter)
    const cancel = this.#platform.schedule(CLOSING_MILLISECONDS, () => this.close(error))
    this.#closing = { retryAfter, cancel }
    this.#endIfDone()
  }

  #closingError(retryAfter: number): FirekeepError {
    return unavailable('the server is going away for a while', { retryAfter })
  }

  #endIfDone(): void {
    if (this.#requests.size > 0 || this.#closing === undefined) return
    this.close(this.#closingError(this.#closing.retryAfter))
  }

  #end(cause: FirekeepError): void {
    if (this.#ended !== undefined) return
    const error = this.#closing === undefined ? cause : this.#closingError(this.#closing.retryAfter)
    this.#ended = error
    this.#watch?.stop()
    this.#closing?.cancel()
    this.#requests.failAll(error)
    this.#listener.onLost(this, error)
  }
}
