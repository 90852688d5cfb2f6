import { parseCid } from '../codec/cid.js'
import type { CommitRef } from '../commits/ancestry.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { ListOptions } from './list-options.js'

export interface ListParts<T> {
  /** The newest view. */
  readonly view: () => Promise<View>
  /** Throws once the database is closed. */
  readonly assertOpen: () => void
  /** Reads what is stored anew, after a pack that the view lies on was dropped. */
  readonly refresh: () => Promise<void>
  readonly list: (view: View, options: ListOptions) => AsyncIterable<T>
  /** The clock of the entry to begin behind. */
  readonly after: readonly string[] | undefined
  readonly limit: number
  readonly signal: AbortSignal | undefined
}

/**
 * Lists from one view, whatever is written meanwhile (L6). Where another tab or a compaction dropped a pack that it lies
 * on, a newer view goes on behind what was handed out last.
 */
export async function* listAnew<T extends { readonly place: CommitRef }>(
  parts: ListParts<T>,
): AsyncGenerator<T, void> {
  const { after, signal } = parts
  let place: CommitRef | undefined
  let isSecond = false
  for (let left = parts.limit; left > 0; ) {
    throwIfAborted(signal)
    const view = await parts.view()
    try {
      place ??= after && (await placeOf(view, after))
      for await (const entry of parts.list(view, { after: place, limit: left })) {
        throwIfAborted(signal)
        parts.assertOpen()
        yield entry
        place = entry.place
        left -= 1
        isSecond = false
        if (left === 0) return
      }
      return
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING') || isSecond) throw error
      isSecond = true
      await parts.refresh()
    }
  }
}

async function placeOf(view: View, after: readonly string[]): Promise<CommitRef> {
  const [place, other] = await resolveClock(view, after, parseCid)
  if (place !== undefined && other === undefined) return place
  throw new FirekeepError('INVALID_OPTION', 'option `after` is the `clock` of an entry that was listed', {
    details: { option: 'after' },
  })
}
