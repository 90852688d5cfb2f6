/** Tells listeners of values. One that throws is reported and stops nobody. */
export class Emitter<T> {
  readonly #listeners = new Set<{ readonly listener: (value: T) => void }>()

  get isObserved(): boolean {
    return this.#listeners.size > 0
  }

  /** Adds a listener, the same one any number of times; returns what removes it again. */
  subscribe(listener: (value: T) => void): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  emit(value: T): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
}

/** Hands an error of a user's callback to the platform, as an uncaught one would be, without stopping us. */
export function reportUncaught(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else console.error(error)
}
