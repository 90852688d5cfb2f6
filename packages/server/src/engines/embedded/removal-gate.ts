/** Holds back what takes bytes away while somebody copies them. */
export class RemovalGate {
  #held: Promise<void> | undefined

  /** Runs a copy; removals that begin meanwhile wait for its end. Copies run one after another. */
  async hold<T>(copy: () => Promise<T>): Promise<T> {
    while (this.#held !== undefined) await this.#held
    let release = (): void => {}
    this.#held = new Promise(resolve => {
      release = resolve
    })
    try {
      return await copy()
    } finally {
      this.#held = undefined
      release()
    }
  }

  /** Resolves when no copy is under way. */
  async passed(): Promise<void> {
    while (this.#held !== undefined) await this.#held
  }
}
