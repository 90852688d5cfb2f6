import type { Database } from './database.js'
import type { AnyDocument } from './document-types.js'
import { Engine } from './engine.js'
import type { Environment } from './environment.js'
import { type FirekeepOptions, parseOptions, parsePlace } from './options.js'
import { resolvePlace } from './place.js'
import { PLATFORM } from './platform-environment.js'
import { sharedEngines } from './registry.js'

/**
 * Opens a database. Lazy: nothing is read before the first call and nothing is made before the first write.
 * Handles of one name share one engine; close each by itself.
 *
 * `INVALID_OPTION` for a wrong name or option, or when the name is open with another key or storage.
 *
 * @example
 * ```ts
 * interface Task { type: 'task'; state: 'please-run' | 'ran-ok' }
 * const db = firekeep<Task>('todos')
 * const { id } = await db.put({ type: 'task', state: 'please-run' })
 * const { docs } = await db.query('state', { key: 'please-run' })
 * ```
 */
export function firekeep<D extends object = AnyDocument>(
  name: string,
  options?: FirekeepOptions,
): Database<D> {
  return openDatabase(name, options, PLATFORM)
}

/** As {@link firekeep}, with what the engine takes from the platform as an argument. */
export function openDatabase<D extends object = AnyDocument>(
  name: string,
  options: FirekeepOptions | undefined,
  environment: Environment,
): Database<D> {
  const parsed = parseOptions(name, options)
  const place = resolvePlace(parsed)
  const handle = sharedEngines().open({
    name,
    key: parsed.key,
    place,
    create: free =>
      new Engine({
        name,
        environment,
        openSibling: (name, { withKey, space }) => {
          const { key, ...others } = options ?? {}
          const { dir, ...anywhere } = others
          const there = space === undefined ? others : { ...anywhere, storage: space }
          return openDatabase(
            name,
            withKey ? { ...there, ...(key !== undefined && { key }) } : there,
            environment,
          )
        },
        loadQueries: async engine => {
          const { CORE_PART } = await import('./core-part.js')
          return new CORE_PART.Queries(engine)
        },
        load: async (queries, packSource) => {
          // The larger half of the library, and all of it asynchronous anyway: pages paint before it is here. What
          // opens the space is loaded beside it, not after it.
          const parts = [import('./core-part.js'), queries, place.open(), free] as const
          const [{ CORE_PART }, { indexes }, space] = await Promise.all(parts)
          const openSpace = async () => space
          return CORE_PART.openCore({ options: parsed, openSpace, environment, indexes, packSource })
        },
        openStored: async () => {
          const [{ CORE_PART }, space] = await Promise.all([import('./core-part.js'), place.open()])
          return CORE_PART.openStored({ options: parsed, openSpace: async () => space, environment })
        },
      }),
  })
  return handle as unknown as Database<D>
}

/** The names of all databases in a place, in code unit order. */
export async function listDatabases(options?: Pick<FirekeepOptions, 'storage' | 'dir'>): Promise<string[]> {
  const { CORE_PART } = await import('./core-part.js')
  const home = new CORE_PART.DatabaseHome(resolvePlace(parsePlace(options)).open)
  try {
    return await (await home.keys()).list()
  } finally {
    await home.close()
  }
}

/** Removes a database of this device with its key, whether it is open or not; a missing one is fine. */
export async function deleteDatabase(
  name: string,
  options?: Pick<FirekeepOptions, 'storage' | 'dir'>,
): Promise<void> {
  const place = resolvePlace(parseOptions(name, options))
  const { CORE_PART } = await import('./core-part.js')
  // What cannot be stored any more goes with the rest.
  await Promise.allSettled(
    sharedEngines()
      .find(name, place)
      .map(engine => engine.close()),
  )
  await new CORE_PART.DatabaseHome(place.open).remove(name)
}
