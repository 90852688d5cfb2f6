import type { HistoryVersion } from '@firekeep/core'
import { differingFields, FIELD_LABELS, type Field, fieldText, isApplication } from './field.js'
import type { OfficeDocument } from './office-document.js'
import type { Role } from './role.js'
import { stepBetween } from './step.js'

export type Version = HistoryVersion<OfficeDocument>

/** One line of the timeline of an application. */
export interface TimelineEntry {
  readonly key: string
  readonly version: Version
  /** What was done, to stand behind a name. */
  readonly text: string
  /** What was written to it. */
  readonly remark?: string
  /** In which role, where a step was taken. */
  readonly role?: Role
}

/** What each version of an application did, in the order of the versions. */
export function timelineOf(versions: readonly Version[]): readonly TimelineEntry[] {
  const byClock = new Map(versions.map(version => [keyOf(version.clock), version]))
  return versions.map(version => {
    const before = version.parents.map(clock => byClock.get(keyOf(clock)))
    return { key: keyOf(version.clock), version, ...describe(version, before) }
  })
}

/** A clock as text. */
function keyOf(clock: readonly string[]): string {
  return clock.join()
}

type Description = Pick<TimelineEntry, 'text' | 'remark' | 'role'>

function describe({ doc }: Version, before: readonly (Version | undefined)[]): Description {
  if (doc === undefined) return { text: 'wrote a version whose content was erased' }
  if (!isApplication(doc)) return { text: 'deleted it' }
  if (before.length === 0) return { text: 'opened the application' }
  if (before.length > 1) return { text: `settled a conflict: ${fieldText(doc, 'state')}`, ...said(doc) }
  const former = before[0]?.doc
  if (!isApplication(former)) return { text: former === undefined ? 'changed it' : 'brought it back' }
  if (former.state === doc.state) return { text: changeText(differingFields(former, doc)) }
  const step = stepBetween(former.state, doc.state)
  const text = step?.done ?? `moved it from ${fieldText(former, 'state')} to ${fieldText(doc, 'state')}`
  return { text, role: doc.role, ...said(doc) }
}

function said({ remark }: { readonly remark?: string }): { readonly remark?: string } {
  return remark === undefined || remark === '' ? {} : { remark }
}

function changeText(fields: readonly Field[]): string {
  const names = fields.map(field => FIELD_LABELS[field].toLowerCase())
  return names.length === 0 ? 'saved it unchanged' : `changed ${names.join(', ')}`
}
