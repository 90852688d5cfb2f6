import { useConflicts } from '@firekeep/react'
import type { OfficeDocument } from '../data/office-document.js'
import { conflictsOfPeople } from './conflicts-of-people.js'

/** The conflicts that wait for a decision. */
export function useOpenConflicts() {
  const { conflicts, hydrated, error } = useConflicts<OfficeDocument>()
  return { conflicts: conflictsOfPeople(conflicts), hydrated, error }
}
