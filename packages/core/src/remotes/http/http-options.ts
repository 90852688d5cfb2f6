/** How a server is reached, and what it asks for. */
export interface HttpRemoteOptions {
  /**
   * What the operator of the server asks for, where he asks: a shared secret or an issuer's JWT. A function is
   * called whenever it is needed anew.
   */
  readonly admission?: string | (() => string | Promise<string>)
  /** `auto` (default): a WebSocket, and long polling where that is blocked. `polling`: never a WebSocket. */
  readonly transport?: 'auto' | 'polling'
  /**
   * A constructor with the interface of the browser's `WebSocket`. Default: the global one; Node 20 has none, and
   * polls unless one is given (that of the package `ws` fits).
   */
  readonly webSocket?: WebSocketConstructor
}

export type WebSocketConstructor = new (url: string) => object
