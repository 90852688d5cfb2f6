import type { Changed } from '@firekeep/core'
import type { Application } from './application.js'
import { isApplicationState, STATE_LABELS } from './application-state.js'
import type { OfficeDocument } from './office-document.js'
import { isRole, ROLE_LABELS } from './role.js'

/** The fields of an application that people know, in the order they are shown. */
export const FIELDS = ['state', 'role', 'remark', 'name', 'born', 'address', 'licence'] as const
export type Field = (typeof FIELDS)[number]

export const FIELD_LABELS: Readonly<Record<Field, string>> = {
  state: 'State',
  role: 'Role',
  remark: 'Remark',
  name: 'Name',
  born: 'Born',
  address: 'Address',
  licence: 'Class',
}

/** Whether a version shows an application, and not a deletion. */
export function isApplication<D extends Changed<OfficeDocument>>(
  doc: D | undefined,
): doc is Extract<D, Application> {
  return doc !== undefined && 'type' in doc && doc.type === 'application'
}

/** What a field says, in words; empty where it says nothing. */
export function fieldText(doc: Application, field: Field): string {
  const value: unknown = doc[field]
  if (field === 'state' && isApplicationState(value)) return STATE_LABELS[value]
  if (field === 'role' && isRole(value)) return ROLE_LABELS[value]
  return typeof value === 'string' ? value : ''
}

/** The fields in which two versions of an application differ. */
export function differingFields(one: Application, other: Application): readonly Field[] {
  return FIELDS.filter(field => one[field] !== other[field])
}
