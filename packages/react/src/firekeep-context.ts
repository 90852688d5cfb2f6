import type { Database } from '@firekeep/core'
import { createContext } from 'react'

/** The database of the nearest `<FirekeepProvider>`. */
export const FirekeepContext = createContext<Database | undefined>(undefined)
