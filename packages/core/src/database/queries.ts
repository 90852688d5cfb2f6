import type { FileSource } from '../codec/stored-file.js'
import type { DocumentFinder, DocumentSource, PastDocuments } from '../index/document-source.js'
import { IndexSet } from '../index/index-set.js'
import { platformPace } from '../primitives/platform-pace.js'
import { allDocs } from '../query/all-docs.js'
import { countRows } from '../query/count-rows.js'
import { createLiveQuery } from '../query/live-query.js'
import type { QueryRequest } from '../query/query-request.js'
import { runQuery } from '../query/run-query.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import type { ViewAt } from '../state/view-at.js'
import type { EngineCore } from './open-core.js'

/** What queries take of an engine. */
export interface QueriedEngine {
  readonly clock: readonly string[]
  readonly viewNow: View | undefined
  readonly files: FileSource & { readonly copy: (document: StoredDocument) => PlainDocument }
  open(): Promise<EngineCore>
  view(): Promise<View>
  viewAt(view: View, clock: readonly string[]): Promise<ViewAt>
}

/** What answers the queries of one engine. Loads with what opens the database. */
export class Queries {
  readonly indexes: IndexSet
  readonly #engine: QueriedEngine

  constructor(engine: QueriedEngine) {
    this.#engine = engine
    this.indexes = new IndexSet({
      source: new ShownDocuments(engine),
      pace: platformPace,
      openStore: async () => (await engine.open()).openIndexStore(),
      files: engine.files,
    })
  }

  run(index: unknown, options: unknown) {
    return runQuery(this.indexes, index, options)
  }

  count(index: unknown, options: unknown): Promise<number> {
    return countRows(this.indexes, index, options)
  }

  live(request: QueryRequest) {
    return createLiveQuery(this.indexes, request)
  }

  allDocs(view: Pick<View | ViewAt, 'clock' | 'shownPages'>, options: unknown) {
    const { copy } = this.#engine.files
    return allDocs({ clock: view.clock, copy, entries: walk => view.shownPages(walk) }, options)
  }
}

/** The winners of the newest view, once the database is open. */
class ShownDocuments implements DocumentSource {
  readonly #engine: QueriedEngine
  size: number | undefined

  constructor(engine: QueriedEngine) {
    this.#engine = engine
  }

  get clock(): readonly string[] {
    return this.#engine.clock
  }

  async *documents(): AsyncIterable<StoredDocument> {
    const { ledger } = await this.#engine.open()
    const { view } = ledger
    this.size = await view.sizeAtMost
    for await (const page of view.shownPages()) {
      for (const { document } of page) if (document !== undefined) yield document
    }
  }

  async changedSince(clock: readonly string[]) {
    return (await this.#engine.open()).changedSince(clock)
  }

  async at(clock: readonly string[]): Promise<PastDocuments> {
    const { viewNow } = this.#engine
    return this.#engine.viewAt(viewNow ?? (await this.#engine.view()), clock)
  }

  finder(): DocumentFinder {
    const view = this.#engine.viewNow
    return id => view?.shown(id)
  }
}
