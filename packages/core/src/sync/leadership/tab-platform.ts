import type { Pace } from '../../primitives/time-slice.js'

/**
 * What the tabs of a browser share, and the time and life of this one.
 *
 * Traps: a frozen tab keeps its locks, hears nothing, and when it goes on its timers may fire before it is given the
 * messages that came meanwhile. A hidden tab's timers may be a second late, after minutes a minute; messages are not.
 */
export interface TabPlatform extends Pace {
  readonly locks: TabLocks
  /** A channel to all other tabs that opened one by this name. */
  openChannel(name: string, receive: (message: unknown) => void): TabChannel
  /** Resolves after some milliseconds, or at once when the signal fires. */
  delay(milliseconds: number, signal?: AbortSignal): Promise<void>
  createId(): string
  /** A number from 0 to below 1. */
  random(): number
  /** Tells before the page is put away, closed or frozen, and when it is back; returns what ends it. */
  watchPage(listener: (isThere: boolean) => void): () => void
}

/** What is needed of `navigator.locks`. */
export interface TabLocks {
  request(name: string, options: TabLockOptions, callback: () => Promise<void>): Promise<void>
  query(): Promise<{ readonly held?: readonly TabLockInfo[] }>
}

/** The platform refuses both at once. */
export interface TabLockOptions {
  readonly signal?: AbortSignal
  readonly steal?: boolean
}

export interface TabLockInfo {
  readonly name?: string
  /** Names the tab that holds it. */
  readonly clientId?: string
}

export interface TabChannel {
  post(message: unknown): void
  close(): void
}
