import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** One browser profile; it notes whatever its pages complain of. */
export class OfficeDevice {
  readonly #context: BrowserContext
  readonly #complaints: string[] = []

  private constructor(context: BrowserContext) {
    this.#context = context
    context.on('console', message => {
      if (['error', 'warning'].includes(message.type()))
        this.#complaints.push(`${message.text()} ${message.location().url}`)
    })
    context.on('weberror', error => this.#complaints.push(String(error.error().stack)))
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<OfficeDevice> {
    return new OfficeDevice(await browser.newContext({ reducedMotion: 'reduce', ...options }))
  }

  /** Errors and warnings of the console, and uncaught errors; not what the browser itself says of a network that is away. */
  get complaints(): readonly string[] {
    return this.#complaints.filter(text => !OF_THE_BROWSER.test(text))
  }

  /** How long any step waits for what it needs. */
  limitSteps(milliseconds: number): void {
    this.#context.setDefaultTimeout(milliseconds)
  }

  async visit(address: string): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(address)
    return page
  }

  setOffline(isOffline: boolean): Promise<void> {
    return this.#context.setOffline(isOffline)
  }

  close(): Promise<void> {
    return this.#context.close()
  }
}

/** What a browser says of a network that is gone. */
const OF_THE_BROWSER = /net::ERR_|WebSocket connection to/
