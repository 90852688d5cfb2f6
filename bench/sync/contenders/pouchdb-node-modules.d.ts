/** What is used of PouchDB in Node and of its server, which bring no types. */
declare module 'pouchdb-node' {
  type Task = import('../../task.mjs').Task

  class PouchDB {
    static defaults(options: { prefix: string }): typeof PouchDB
    constructor(name: string)
    put(doc: Task & { _rev: string | undefined }): Promise<{ readonly rev: string }>
    bulkDocs(docs: readonly Task[]): Promise<unknown>
    get(id: string): Promise<Task & { readonly _rev: string }>
    info(): Promise<{ readonly update_seq: number }>
    changes(options: { since: 'now'; live: true; include_docs: true }): PouchDB.ChangesFeed
    sync(url: string, options: { live: true; retry: true }): PouchDB.Replication
    close(): Promise<void>
  }

  namespace PouchDB {
    interface ChangesFeed {
      on(event: 'change', listener: (change: { readonly doc: Task }) => void): void
    }

    interface Feed {
      on(event: 'change', listener: (change: { readonly last_seq: number }) => void): void
      once(event: 'change', listener: (change: unknown) => void): void
    }

    interface Replication {
      readonly push: Feed
      cancel(): void
    }
  }

  export = PouchDB
}

declare module 'express-pouchdb' {
  interface Application {
    listen(port: number, host: string, onListening: () => void): import('node:http').Server
  }

  function expressPouchDb(
    PouchDB: unknown,
    options: { mode: 'minimumForPouchDB'; inMemoryConfig: boolean; logPath: string },
  ): Application

  export = expressPouchDb
}
