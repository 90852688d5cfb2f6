/** What is used of PouchDB, which brings no types. */
declare module 'pouchdb-browser' {
  interface Revision {
    readonly _rev: string
  }

  interface ChangesFeed {
    on(event: 'change', listener: (change: { readonly doc: Task & Revision }) => void): void
    cancel(): void
  }

  type Task = import('../task.mjs').Task

  class PouchDB {
    static plugin(plugin: unknown): void
    constructor(name: string)
    createIndex(definition: { index: { fields: string[]; ddoc: string; name: string } }): Promise<unknown>
    put(doc: Task & { _rev: string | undefined }): Promise<{ readonly rev: string }>
    bulkDocs(docs: readonly Task[]): Promise<unknown>
    get(id: string): Promise<Task & Revision>
    find(request: {
      selector: Partial<Task>
      use_index: string
      limit: number
    }): Promise<{ readonly docs: Task[] }>
    changes(options: { since: 'now'; live: true; include_docs: true }): ChangesFeed
    compact(): Promise<unknown>
    close(): Promise<void>
  }

  export = PouchDB
}

declare module 'pouchdb-find' {
  const plugin: unknown

  export = plugin
}
