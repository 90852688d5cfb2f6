import { type AnyDocument, type Database, FirekeepError } from '@firekeep/core'
import { useContext } from 'react'
import { FirekeepContext } from './firekeep-context.js'

/** The database a hook was given, else the nearest provider's, else `NO_DATABASE`. */
export function useDatabase<D extends object = AnyDocument>(given: Database<D> | undefined): Database {
  const nearest = useContext(FirekeepContext)
  const database = (given as Database | undefined) ?? nearest
  if (database === undefined) throw new FirekeepError('NO_DATABASE', NO_DATABASE)
  return database
}

const NO_DATABASE = `A Firekeep hook found no database. Either wrap the components that use it:
  <FirekeepProvider database={db}>…</FirekeepProvider>
or give it one, in its options:
  useLiveQuery('state', { key: 'open', database: db })
A database comes from firekeep('my-app'), or from useFirekeep('my-app') inside a component.`
