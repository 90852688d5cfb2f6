import type { AnyDocument, Database, FirekeepError } from '@firekeep/core'
import type { OpenLinkOptions } from '@firekeep/core/share'
import { useMemo } from 'react'
import { isClosed } from './pool/is-closed.js'
import { LinkPool, type LinkSnapshot, OPENING } from './pool/link-pool.js'
import { scheduleTimer } from './pool/schedule-timer.js'
import { Source } from './source/source.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'

/** A link that is being opened, is open, or cannot be. One object until that changes. */
export interface LinkResult<D extends object = AnyDocument> {
  /** `undefined` until it is open. Attached to the server of the link; do not close it yourself. */
  readonly database: Database<D> | undefined
  /** Whether the database is there to be used. What is on the server may still be on its way: see `useSyncStatus`. */
  readonly hydrated: boolean
  readonly error: FirekeepError | undefined
}

const pool = new LinkPool<OpenLinkOptions>({
  open: async (link, options) => {
    // Keys, codecs and the link format are loaded by those who open a link.
    const { openLink } = await import('@firekeep/core/share')
    return openLink(link, options)
  },
  isClosed,
  schedule: scheduleTimer,
})

/**
 * The database that a link leads to, to hand to a `<FirekeepProvider>` or to other hooks as `database`. It is opened
 * as `openLink` does it, and attached to the server of the link.
 *
 * All components with one link (and equal options) share it. It opens after mounting, not while rendering, and is
 * closed a few seconds after the last of them is gone. Without a link nothing is opened.
 *
 * What fails comes as `error`: `INVALID_OPTION` for a damaged link, `UNSUPPORTED_FORMAT` for one of a newer version,
 * `DATABASE_MISMATCH` where `name` is another database on this device.
 *
 * @example
 * ```tsx
 * function SharedRoom({ link }: { link: string }) {
 *   const { database, error } = useLink<Message>(link)
 *   if (error) return <p>{error.message}</p>
 *   return database ? <Room database={database} /> : <p>Opening…</p>
 * }
 * ```
 */
export function useLink<D extends object = AnyDocument>(
  link: string | undefined,
  options?: OpenLinkOptions,
): LinkResult<D> {
  const stable = useByValue(options)
  const source = useMemo(() => (link === undefined ? NO_LINK : pool.sourceOf(link, stable)), [link, stable])
  const snapshot = useSource(source)
  return useMemo(() => resultOf(snapshot), [snapshot]) as unknown as LinkResult<D>
}

const NO_LINK = new Source<LinkSnapshot>(OPENING, () => () => undefined)

function resultOf({ database, error }: LinkSnapshot): LinkResult {
  return Object.freeze({ database, hydrated: database !== undefined, error })
}
