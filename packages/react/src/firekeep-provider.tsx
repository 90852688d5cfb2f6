import type { AnyDocument, Database } from '@firekeep/core'
import type { ReactElement, ReactNode } from 'react'
import { FirekeepContext } from './firekeep-context.js'

export interface FirekeepProviderProps<D extends object = AnyDocument> {
  /** What the hooks below use, unless they are given one of their own. */
  readonly database: Database<D>
  readonly children?: ReactNode
}

/**
 * Gives all hooks below it a database. It neither opens nor closes it.
 *
 * @example
 * ```tsx
 * const db = firekeep('todos')
 * createRoot(root).render(<FirekeepProvider database={db}><App /></FirekeepProvider>)
 * ```
 */
export function FirekeepProvider<D extends object = AnyDocument>(
  props: FirekeepProviderProps<D>,
): ReactElement {
  const database = props.database as unknown as Database
  return <FirekeepContext.Provider value={database}>{props.children}</FirekeepContext.Provider>
}
