import type { Conflict, ConflictVersion, Stored } from '@firekeep/core'
import type { Application } from '../data/application.js'
import type { ApplicationState } from '../data/application-state.js'
import { type Field, isApplication } from '../data/field.js'
import type { OfficeDocument } from '../data/office-document.js'

/** What somebody who settles a conflict may write, of the fields that differ. */
export type ThirdVersion = Partial<Pick<Application, Exclude<Field, 'role'>>>

/** The states that a conflict can end in: those that somebody decided for, by a legal step. */
export function statesOf({ versions }: Conflict<OfficeDocument>): readonly ApplicationState[] {
  return [...new Set(applicationsOf(versions).map(({ state }) => state))]
}

/** The document that a conflict becomes: the shown version with what was written. The role is that of the chosen state. */
export function thirdVersion(
  { versions }: Conflict<OfficeDocument>,
  written: ThirdVersion,
): Stored<Application> | undefined {
  const applications = applicationsOf(versions)
  const [shown] = applications
  if (shown === undefined) return undefined
  const merged = { ...shown, ...written }
  const decided = applications.find(({ state }) => state === merged.state)
  return { ...merged, role: decided?.role ?? merged.role }
}

/** The moment that a decision is made on: all versions that were seen. */
export function seenClock({ versions }: Conflict<OfficeDocument>): readonly string[] {
  return [...new Set(versions.flatMap(({ clock }) => clock))]
}

function applicationsOf(
  versions: readonly ConflictVersion<OfficeDocument>[],
): readonly Stored<Application>[] {
  return versions.map(({ doc }) => doc).filter(doc => isApplication(doc))
}
