import { delay } from '../../primitives/delay.js'

/** Time as file storage uses it; an argument, so that tests need not wait. */
export interface FolderClock {
  /** Milliseconds that only grow. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  sleep(milliseconds: number): Promise<void>
  /** Calls once, later; returns what calls it off. */
  schedule(milliseconds: number, act: () => void): () => void
  /** Calls again and again without keeping the process alive; returns what ends it. */
  every(milliseconds: number, act: () => void): () => void
}

export const systemClock: FolderClock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: delay,
  schedule(milliseconds, act) {
    const timer = setTimeout(act, milliseconds)
    return () => clearTimeout(timer)
  },
  every(milliseconds, act) {
    const timer = setInterval(act, milliseconds) as unknown as { unref?(): void }
    timer.unref?.()
    return () => clearInterval(timer as unknown as number)
  },
}
