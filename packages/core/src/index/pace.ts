/** How long work gives way to others: time and turns of the event loop, injected so that tests decide. */
export interface Pace {
  /** Milliseconds from any fixed moment. */
  now(): number
  /** Resolves after others had their turn. */
  pause(): Promise<void>
}
