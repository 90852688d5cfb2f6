import type { WebSocketConstructor } from './http-options.js'

/** What the connector takes from the platform, so that tests can decide it. */
export interface HttpPlatform {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds that only grow. */
  elapsed(): number
  /** A number from 0 to below 1. */
  random(): number
  /** Calls once, later; returns what calls it off. */
  schedule(milliseconds: number, act: () => void): () => void
  fetch(url: string, init: RequestInit): Promise<Response>
  readonly webSocket: WebSocketConstructor | undefined
  /** Tells when the platform believes to be on or off the network; returns what ends it. */
  onNetwork(listener: (isOnline: boolean) => void): () => void
}

/** What somebody waits for longer than this is no reason for a process to stay. */
const LONG_MILLISECONDS = 60_000

/** The platform as it is. */
export function createHttpPlatform(webSocket: WebSocketConstructor | undefined): HttpPlatform {
  return {
    now: Date.now,
    elapsed: () => performance.now(),
    random: Math.random,
    schedule,
    fetch: (url, init) => fetch(url, init),
    webSocket: webSocket ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket,
    onNetwork,
  }
}

function schedule(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds)
  // Only Node has it.
  if (milliseconds >= LONG_MILLISECONDS) (timer as { unref?: () => void }).unref?.()
  return () => clearTimeout(timer)
}

function onNetwork(listener: (isOnline: boolean) => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => undefined
  const online = (): void => listener(true)
  const offline = (): void => listener(false)
  globalThis.addEventListener('online', online)
  globalThis.addEventListener('offline', offline)
  return () => {
    globalThis.removeEventListener('online', online)
    globalThis.removeEventListener('offline', offline)
  }
}
