import type { FirekeepError } from '../../errors.js'
import { REPLY_SHAPES } from '../../protocol/message-codec.js'
import type { ReplyByKind, RequestMessage, ServerMessage } from '../../protocol/messages.js'
import { errorOfServer, unavailable } from './server-error.js'

type Kind = RequestMessage['kind']

interface Pending {
  readonly kind: Kind
  resolve(value: unknown): void
  reject(error: FirekeepError): void
}

/** The requests of one connection that were not answered yet. */
export class RequestTable {
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  get size(): number {
    return this.#pending.size
  }

  /** A number for a new request, and its answer. */
  add<K extends Kind>(kind: K): { readonly id: number; readonly reply: Promise<ReplyByKind[K]> } {
    this.#lastId += 1
    const id = this.#lastId
    const reply = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { kind, resolve, reject }))
    return { id, reply: reply as Promise<ReplyByKind[K]> }
  }

  /** Hands an answer to who asked. One that nobody asked for is nothing. */
  settle(message: Extract<ServerMessage, { kind: 'done' | 'error' }>): void {
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    this.#pending.delete(message.id)
    if (message.kind === 'error') pending.reject(errorOfServer(message))
    else if (REPLY_SHAPES[pending.kind](message.value)) pending.resolve(message.value)
    else
      pending.reject(unavailable(`the answer to "${pending.kind}" has not the form that the protocol says`))
  }

  fail(id: number, error: FirekeepError): void {
    this.#pending.get(id)?.reject(error)
    this.#pending.delete(id)
  }

  failAll(error: FirekeepError): void {
    for (const id of [...this.#pending.keys()]) this.fail(id, error)
  }
}
