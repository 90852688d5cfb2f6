/** Counts the object URLs of a page: those that are open, and what each shows. */
export class ObjectUrls {
  readonly #open = new Map<string, Blob>()
  readonly #create = URL.createObjectURL
  readonly #revoke = URL.revokeObjectURL
  created = 0

  constructor() {
    URL.createObjectURL = content => {
      this.created += 1
      const url = `blob:test/${this.created}`
      this.#open.set(url, content as Blob)
      return url
    }
    URL.revokeObjectURL = url => {
      if (!this.#open.delete(url)) throw new Error(`${url} was revoked twice, or never made`)
    }
  }

  get open(): readonly string[] {
    return [...this.#open.keys()]
  }

  blobOf(url: string | undefined): Blob | undefined {
    return this.#open.get(url ?? '')
  }

  restore(): void {
    URL.createObjectURL = this.#create
    URL.revokeObjectURL = this.#revoke
  }
}
