import type { AnyDocument } from '../database/document-types.js'
import { equalValues } from '../primitives/equal-values.js'
import type { JobSpec } from './job-spec.js'

/** A document without its claim. */
export function contentOf(doc: AnyDocument, { claimField }: Pick<JobSpec, 'claimField'>): AnyDocument {
  const { [claimField]: _claim, ...content } = doc
  return content
}

/** Whether two versions say the same but for claim and state. */
export function isSameContent(a: AnyDocument, b: AnyDocument, spec: JobSpec): boolean {
  return changedFields(contentOf(a, spec), contentOf(b, spec)).every(field => field === spec.field)
}

/** The fields, at the top, in which two documents differ. */
export function changedFields(a: AnyDocument, b: AnyDocument): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    field => !isSameField(a[field], b[field], field),
  )
}

/**
 * What a worker's version becomes with the edits of others: each field that one of them changed since `base`.
 * `undefined` where two changed the same field to different values.
 */
export function mergeEdits(
  own: AnyDocument,
  others: readonly AnyDocument[],
  base: AnyDocument,
): AnyDocument | undefined {
  const merged = { ...own }
  for (const other of others) {
    for (const field of changedFields(base, other)) {
      if (isSameField(merged[field], other[field], field)) continue
      if (!isSameField(merged[field], base[field], field)) return undefined
      merged[field] = other[field]
    }
  }
  return merged
}

/** Attachments are the same by their content: they have functions of their own at each read. */
export function isSameField(a: unknown, b: unknown, field: string): boolean {
  return field === '_files' ? equalValues(filesOf(a), filesOf(b)) : equalValues(a, b)
}

function filesOf(files: unknown): unknown {
  const entries = Object.entries((files ?? {}) as Record<string, { cid?: string } | undefined>)
  return entries
    .filter(([, file]) => file !== undefined)
    .map(([name, file]) => [name, file?.cid])
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))
}
