import { type AnyDocument, type Database, type FirekeepOptions, firekeep } from '@firekeep/core'
import { useMemo } from 'react'
import { DatabasePool } from './pool/database-pool.js'
import { isClosed } from './pool/is-closed.js'
import { scheduleTimer } from './pool/schedule-timer.js'
import { Source } from './source/source.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

const pool = new DatabasePool<FirekeepOptions>({
  open: (name, options) => firekeep(name, options),
  isClosed,
  schedule: scheduleTimer,
})

/**
 * The database of a name, to hand to a `<FirekeepProvider>`, to other hooks as `database`, or to write to.
 * Without a name: the one of the nearest provider, else `NO_DATABASE`.
 *
 * All components that ask for one name (and equal options) share it. It opens at its first use, not while
 * rendering, and is closed a few seconds after the last of them is gone, so that a remount or a change of route
 * costs nothing. Do not close it yourself. `INVALID_OPTION` is thrown when the name is open with another `key` or
 * `storage`.
 *
 * @example
 * ```tsx
 * function Room({ name }: { name: string }) {
 *   const database = useFirekeep<Message>(`room-${name}`)
 *   const { docs } = useLiveQuery('at', { database, descending: true, limit: 50 })
 *   return <Messages docs={docs} onSend={text => database.put({ text, at: Date.now() })} />
 * }
 * ```
 */
export function useFirekeep<D extends object = AnyDocument>(
  name?: string,
  options?: FirekeepOptions,
): Database<D> {
  const stable = useByValue(options)
  const source = useMemo(() => (name === undefined ? undefined : pool.sourceOf(name, stable)), [name, stable])
  return useDatabase(useSource(source ?? NO_NAME)) as unknown as Database<D>
}

const NO_NAME = new Source<Database | undefined>(undefined, () => () => undefined)
