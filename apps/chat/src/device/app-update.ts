import { registerSW } from 'virtual:pwa-register'

/** The service worker that lets the app start without a network, and the new version it may have fetched. */
export class AppUpdate {
  readonly #listeners = new Set<() => void>()
  readonly #activate: (reload?: boolean) => Promise<void>
  #isReady = false

  constructor() {
    this.#activate = registerSW({
      onNeedRefresh: () => {
        this.#isReady = true
        for (const listener of this.#listeners) listener()
      },
    })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether a new version waits for the page to be reloaded. */
  readonly getSnapshot = (): boolean => this.#isReady

  /** Reloads the page with the new version. */
  readonly apply = (): void => void this.#activate(true)
}
