import type { FirekeepError } from '../../errors.js'
import type { RequestMessage, ServerMessage } from '../../protocol/messages.js'

export type Welcome = Extract<ServerMessage, { kind: 'welcome' }>

/**
 * One way to a server that let us in: a socket, or exchanges of long polling that behave like one. Whoever holds it
 * numbers the requests; messages of the server are decoded, but nothing else about them was checked.
 */
export interface Link {
  readonly transport: 'socket' | 'polling'
  readonly welcome: Welcome
  /** Bytes given to `send` that are still here: where it shrinks, something moves. */
  readonly unsent: number
  /** To be called once, right after the link came to be. */
  listen(listener: LinkListener): void
  /** Sends a request, given as it is and encoded. Of a closed link: nothing. */
  send(message: RequestMessage, encoded: Uint8Array): void
  /** Ends it; the listener hears nothing more. */
  close(): void
}

export interface LinkListener {
  onMessage(message: ServerMessage): void
  /** A request was not answered and will not be, while the link goes on. */
  onRefused(id: number, error: FirekeepError): void
  /** The link is of no use any more. Nothing is heard after it. */
  onClosed(error: FirekeepError): void
}

/** The longest that it takes from dialling to `welcome`. */
export const DIAL_MILLISECONDS = 15_000
