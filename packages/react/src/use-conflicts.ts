import type { AnyDocument, Clock, Database, PutResult, Resolution, ResolveOptions } from '@firekeep/core'
import { useMemo } from 'react'
import { type ConflictsState, conflictsSource } from './live/conflicts-source.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

export interface ConflictsHandle<D extends object> extends ConflictsState<D> {
  /**
   * As `db.resolve`; what is given as a document supersedes the versions that are shown here, and a version that came
   * meanwhile stays a conflict. It rejects where it fails.
   */
  readonly resolve: (id: string, resolution: Resolution<D>, options?: ResolveOptions) => Promise<PutResult>
}

/**
 * The documents with versions that were written apart and not yet resolved, redrawn as they come and go, and the way to
 * end a conflict. One object until something of it changes.
 *
 * `NO_DATABASE` is thrown when there is none; what cannot be read comes as `error`.
 *
 * @example
 * ```tsx
 * const { conflicts, resolve } = useConflicts<Note>()
 * return conflicts.map(({ id, versions, fields }) => (
 *   <fieldset key={id}>
 *     <legend>Which {fields.join(', ')}?</legend>
 *     {versions.map(({ doc, clock }) => (
 *       <button key={clock[0]} onClick={() => resolve(id, doc)}>{JSON.stringify(doc)}</button>
 *     ))}
 *   </fieldset>
 * ))
 * ```
 */
export function useConflicts<D extends object = AnyDocument>(database?: Database<D>): ConflictsHandle<D> {
  const found = useDatabase(database)
  const source = useMemo(() => conflictsSource(found), [found])
  const state = useSource(source)
  const handle = useMemo<ConflictsHandle<AnyDocument>>(
    () =>
      Object.freeze({
        ...state,
        resolve: (id: string, resolution: Resolution<AnyDocument>, options?: ResolveOptions) =>
          found.resolve(id, resolution, options ?? seenOf(state, id, resolution)),
      }),
    [found, state],
  )
  return handle as unknown as ConflictsHandle<D>
}

/** A function decides on what it is given; a document was decided on by what was shown. */
function seenOf(
  { conflicts }: ConflictsState,
  id: string,
  resolution: Resolution<AnyDocument>,
): ResolveOptions | undefined {
  const conflict = conflicts.find(each => each.id === id)
  if (conflict === undefined || typeof resolution === 'function') return undefined
  const basedOn: Clock = conflict.versions.flatMap(({ clock }) => clock)
  return { basedOn }
}
