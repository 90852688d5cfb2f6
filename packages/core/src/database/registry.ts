import { FirekeepError } from '../errors.js'
import { equalBytes } from '../primitives/bytes.js'
import { DatabaseHandle } from './database-handle.js'
import type { Engine } from './engine.js'
import type { Place } from './place.js'

export interface EngineRequest {
  readonly name: string
  readonly key: Uint8Array | undefined
  readonly place: Place
  /** Makes the engine; it touches no storage before `free` resolves. */
  readonly create: (free: Promise<unknown>) => Engine
}

interface Entry extends Omit<EngineRequest, 'create'> {
  readonly engine: Engine
  handles: number
}

/**
 * The open engines of this page or process, shared per name and place. Kept on the global object, so that a
 * module that is evaluated again (hot reload, two bundles) finds them.
 */
class EngineRegistry {
  readonly #entries = new Set<Entry>()
  /** Handles that were dropped without `close` give up their share. */
  readonly #dropped = new FinalizationRegistry<() => Promise<void>>(
    release => void release().catch(() => undefined),
  )

  open(request: EngineRequest): DatabaseHandle {
    const sameName = [...this.#entries].filter(entry => entry.name === request.name)
    const samePlace = sameName.filter(entry => entry.place.id === request.place.id)
    const shared = samePlace.find(entry => !entry.engine.isClosed)
    if (shared !== undefined) assertSameKey(shared, request)
    else assertSameKind(sameName, request)
    const entry = shared ?? this.#add(request, samePlace)
    entry.handles += 1
    const release = releaseOnce(() => this.#release(entry))
    const handle = new DatabaseHandle(entry.engine, release)
    this.#dropped.register(handle, release)
    return handle
  }

  /** The engines that are open under a name in a place, or closing. */
  find(name: string, place: Place): Engine[] {
    return [...this.#entries]
      .filter(entry => entry.name === name && entry.place.id === place.id)
      .map(entry => entry.engine)
  }

  #add({ name, key, place, create }: EngineRequest, closing: readonly Entry[]): Entry {
    const free = Promise.allSettled(closing.map(({ engine }) => engine.close()))
    const entry: Entry = { name, key, place, engine: create(free), handles: 0 }
    this.#entries.add(entry)
    entry.engine.onClose(() => this.#remove(entry))
    return entry
  }

  #remove(entry: Entry): void {
    void entry.engine
      .close()
      .finally(() => this.#entries.delete(entry))
      .catch(() => undefined)
  }

  async #release(entry: Entry): Promise<void> {
    entry.handles -= 1
    if (entry.handles === 0) await entry.engine.close()
  }
}

function assertSameKey(entry: Entry, { key, name }: EngineRequest): void {
  if (key === undefined || (entry.key !== undefined && equalBytes(entry.key, key))) return
  throw new FirekeepError(
    'INVALID_OPTION',
    `database ${JSON.stringify(name)} is open with another \`key\` option; close it first`,
    {
      details: { option: 'key' },
    },
  )
}

/** One name means one database: where the kind of storage was chosen, it is not open in another kind. */
function assertSameKind(open: readonly Entry[], { name, place }: EngineRequest): void {
  const other = open.find(
    entry => !entry.engine.isClosed && entry.place.isChosenByKind && entry.place.kind !== place.kind,
  )
  if (other === undefined || !place.isChosenByKind) return
  throw new FirekeepError(
    'INVALID_OPTION',
    `database ${JSON.stringify(name)} is open in storage '${other.place.kind}'; close it before opening it in '${place.kind}'`,
    { details: { option: 'storage' } },
  )
}

function releaseOnce(release: () => Promise<void>): () => Promise<void> {
  let released: Promise<void> | undefined
  return () => {
    released ??= release()
    return released
  }
}

const REGISTRY = Symbol.for('firekeep.engines.1')

/** The registry of this page or process, whichever copy of this module made it. */
export function sharedEngines(): EngineRegistry {
  const global = globalThis as { [REGISTRY]?: EngineRegistry }
  global[REGISTRY] ??= new EngineRegistry()
  return global[REGISTRY]
}
