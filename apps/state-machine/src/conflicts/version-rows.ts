import type { Conflict } from '@firekeep/core'
import { FIELD_LABELS, FIELDS, type Field, fieldText, isApplication } from '../data/field.js'
import type { OfficeDocument } from '../data/office-document.js'

export interface VersionRow {
  readonly field: Field
  readonly label: string
  /** What each version says, in the order of the versions. */
  readonly texts: readonly string[]
  readonly differs: boolean
}

/** The versions of a conflict field by field, those that differ first. A deletion says nothing. */
export function versionRows({ versions }: Conflict<OfficeDocument>): readonly VersionRow[] {
  const rows = FIELDS.map(field => {
    const texts = versions.map(({ doc }) => (isApplication(doc) ? fieldText(doc, field) : ''))
    return { field, label: FIELD_LABELS[field], texts, differs: new Set(texts).size > 1 }
  })
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)]
}
