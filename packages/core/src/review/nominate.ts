import type { Database } from '../database/database.js'
import type { Clock } from '../database/document-types.js'
import { FirekeepError } from '../errors.js'
import { randomBytes } from '../primitives/bytes.js'
import { createUuid } from '../primitives/uuid.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import { isOpenId, NOMINATION_PREFIX } from './nomination.js'

export interface NominateOptions {
  /** The documents that are offered, deleted ones too: then the deletion is. */
  readonly ids: readonly string[]
  readonly title: string
  readonly note?: string
}

/**
 * Offers documents of one's own database (a fork, mostly) to whoever looks after the one they are for. It is a document
 * of one's own database, so it travels as the others do, and can be changed or deleted like them.
 *
 * `NOT_FOUND` where one of the documents never was there, `INVALID_OPTION` for wrong options.
 *
 * @example
 * ```ts
 * const mine = await shared.fork('my proposals')
 * await mine.put({ _id: 'recipe-7', title: 'Soup', salt: 2 })
 * await nominate(mine, { ids: ['recipe-7'], title: 'Less salt' })
 * ```
 */
export async function nominate<D extends object>(
  mine: Database<D>,
  options: NominateOptions,
): Promise<{ readonly id: string; readonly clock: Clock }> {
  const nomination = readOptions(options)
  for (const id of nomination.ids) await assertKnown(mine, id)
  const id = NOMINATION_PREFIX + createUuid(Date.now(), randomBytes)
  return (mine as unknown as Database).put({ _id: id, ...nomination })
}

function readOptions(options: unknown) {
  const given = new CheckedOptions(options, ['ids', 'title', 'note'])
  const [ids, title, note] = [given.get('ids'), given.get('title'), given.get('note') ?? '']
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isOpenId))
    throw invalidOption('ids', 'is an array of ids of documents, which are no nominations or decisions')
  if (typeof title !== 'string' || title === '') throw invalidOption('title', 'is text')
  if (typeof note !== 'string') throw invalidOption('note', 'is text')
  return { ids: [...new Set(ids)], title, note }
}

/** Also one that was deleted. */
async function assertKnown<D extends object>(mine: Database<D>, id: string): Promise<void> {
  if (await mine.has(id)) return
  for await (const _ of mine.history(id, { limit: 1 })) return
  throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
}
