import { FirekeepError } from '../../errors.js'
import { DEFAULT_LIMITS, ENVELOPE_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.js'
import { decodeServerMessage, encodeMessage } from '../../protocol/message-codec.js'
import type { RequestMessage, ServerMessage } from '../../protocol/messages.js'
import { checkWelcome } from './check-welcome.js'
import type { HttpPlatform } from './http-platform.js'
import { DIAL_MILLISECONDS, type Link, type LinkListener, type Welcome } from './link.js'
import type { ServerAddress } from './server-address.js'
import { toRemoteError, unavailable } from './server-error.js'

const NORMAL = 1000
/** No server's word makes us take in larger messages. */
const MOST_BYTES = 64 * 1024 * 1024

/** Opens a socket and says hello. Rejects when there is no `welcome` in 15 s, or when the signal fires. */
export async function dialSocket(
  { base }: ServerAddress,
  platform: HttpPlatform,
  signal: AbortSignal,
): Promise<Link> {
  const { webSocket } = platform
  if (webSocket === undefined) throw unavailable('there is no WebSocket here')
  let socket: Socket
  try {
    socket = new webSocket(`${base.replace(/^http/, 'ws')}/v1/socket`) as Socket
  } catch (error) {
    throw toRemoteError(error, 'no WebSocket could be opened')
  }
  socket.binaryType = 'arraybuffer'
  const wire = new Wire(socket)
  const cancel = platform.schedule(DIAL_MILLISECONDS, () =>
    wire.fail(unavailable('the server does not answer')),
  )
  const abort = (): void => wire.fail(new FirekeepError('ABORTED', 'the connection is not needed any more'))
  signal.addEventListener('abort', abort)
  try {
    return new SocketLink(wire, await wire.welcomed)
  } finally {
    cancel()
    signal.removeEventListener('abort', abort)
  }
}

/** A socket whose events are messages. */
class Wire {
  readonly welcomed: Promise<Welcome>
  readonly socket: Socket
  listener: LinkListener | undefined
  mostBytes = DEFAULT_LIMITS.frameBytes + ENVELOPE_BYTES
  readonly #early: ServerMessage[] = []
  #ended: FirekeepError | undefined
  #settle: { resolve(welcome: Welcome): void; reject(error: FirekeepError): void } | undefined

  constructor(socket: Socket) {
    this.socket = socket
    this.welcomed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    socket.addEventListener('open', () =>
      socket.send(encodeMessage({ kind: 'hello', versions: [PROTOCOL_VERSION] })),
    )
    socket.addEventListener('message', ({ data }) => this.#take(data))
    // What went wrong is not told to pages; `close` follows. Without a listener Node would end the process.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', ({ code }) =>
      this.fail(unavailable(`the connection to the server ended (${code ?? 'without a code'})`)),
    )
  }

  get isEnded(): boolean {
    return this.#ended !== undefined
  }

  listen(listener: LinkListener): void {
    this.listener = listener
    for (const message of this.#early.splice(0)) listener.onMessage(message)
    if (this.#ended !== undefined) listener.onClosed(this.#ended)
  }

  fail(error: FirekeepError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.socket.close(NORMAL)
    this.#settle?.reject(error)
    this.listener?.onClosed(error)
  }

  #take(data: unknown): void {
    if (this.#ended !== undefined) return
    try {
      this.#tell(decodeServerMessage(this.#checkFrame(data)))
    } catch (error) {
      this.fail(toRemoteError(error, 'the server sent something that is no message of the protocol'))
    }
  }

  #checkFrame(data: unknown): Uint8Array {
    if (!isArrayBuffer(data)) throw unavailable('the server sent a frame that is not binary')
    if (data.byteLength > this.mostBytes) throw unavailable('the server sent a message beyond its own limit')
    return new Uint8Array(data)
  }

  #tell(message: ServerMessage): void {
    if (this.#settle !== undefined) {
      const welcome = checkWelcome(message)
      this.mostBytes = Math.min(MOST_BYTES, welcome.limits.frameBytes + ENVELOPE_BYTES)
      this.#settle.resolve(welcome)
      this.#settle = undefined
    } else if (this.listener === undefined) this.#early.push(message)
    else this.listener.onMessage(message)
  }
}

class SocketLink implements Link {
  readonly transport = 'socket'
  readonly welcome: Welcome
  readonly #wire: Wire

  constructor(wire: Wire, welcome: Welcome) {
    this.#wire = wire
    this.welcome = welcome
  }

  get unsent(): number {
    return this.#wire.socket.bufferedAmount
  }

  listen(listener: LinkListener): void {
    this.#wire.listen(listener)
  }

  send(_message: RequestMessage, encoded: Uint8Array): void {
    if (!this.#wire.isEnded) this.#wire.socket.send(encoded)
  }

  close(): void {
    this.#wire.listener = undefined
    this.#wire.fail(unavailable('the connection was closed'))
  }
}

/** Of any realm, as test environments have several. */
function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return Object.prototype.toString.call(data) === '[object ArrayBuffer]'
}

/** What is used of the interface of a WebSocket. */
interface Socket {
  binaryType: string
  readonly bufferedAmount: number
  send(data: Uint8Array): void
  close(code: number): void
  addEventListener(type: string, listener: (event: { data?: unknown; code?: number }) => void): void
}
