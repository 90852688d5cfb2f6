import { createHooks } from '@firekeep/react'
import type { OfficeDocument } from './office-document.js'

/** The hooks for the office's database; below its provider. */
export const {
  FirekeepProvider: OfficeProvider,
  useFirekeep: useOffice,
  useLiveQuery: useOfficeQuery,
  useAllDocs: useOfficeDocuments,
  useDocument: useOfficeDocument,
} = createHooks<OfficeDocument>()
