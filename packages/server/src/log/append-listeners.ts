/** Who is told of new entries. A listener that throws is reported and stops nobody. */
export class AppendListeners {
  readonly #entries = new Set<{ readonly listener: AppendListener }>()

  add(listener: AppendListener): () => void {
    const entry = { listener }
    this.#entries.add(entry)
    return () => {
      this.#entries.delete(entry)
    }
  }

  tell(log: string, seq: number): void {
    for (const { listener } of [...this.#entries]) {
      try {
        listener(log, seq)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }

  clear(): void {
    this.#entries.clear()
  }
}

export type AppendListener = (log: string, seq: number) => void
