import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** One browser profile with any number of tabs; it notes whatever its pages complain of. */
export class ChatDevice {
  readonly #context: BrowserContext
  readonly #url: string
  /** Errors and warnings of the console, and uncaught errors, of all tabs. */
  readonly complaints: string[] = []

  private constructor(context: BrowserContext, url: string) {
    this.#context = context
    this.#url = url
    context.on('console', message => {
      if (['error', 'warning'].includes(message.type()))
        this.complaints.push(`${message.text()} @ ${message.location().url}`)
    })
    context.on('weberror', error => this.complaints.push(String(error.error().stack)))
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<ChatDevice> {
    return new ChatDevice(await browser.newContext({ reducedMotion: 'reduce', ...options }), url)
  }

  /** How long any step waits for what it needs. */
  limitSteps(milliseconds: number): void {
    this.#context.setDefaultTimeout(milliseconds)
  }

  async tab(hash = ''): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(this.#url + hash)
    return page
  }

  /** A tab with an address from elsewhere. */
  async visit(address: string): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(address)
    return page
  }

  close(): Promise<void> {
    return this.#context.close()
  }
}
