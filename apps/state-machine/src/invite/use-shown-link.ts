import { useEffect, useState } from 'react'
import type { ShownLink } from './shown-link.js'

interface Made {
  readonly by: () => Promise<string>
  readonly shown: ShownLink
}

/**
 * A link and its code, made anew when `makeLink` is another function. The former link is gone at once: it may give
 * more than what is asked for now.
 */
export function useShownLink(makeLink: () => Promise<string>) {
  const [made, setMade] = useState<Made>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    let isCurrent = true
    const show = (shown: ShownLink) => isCurrent && setMade({ by: makeLink, shown })
    const fail = (reason: unknown) => isCurrent && setError(reason)
    showLink(makeLink).then(show, fail)
    return () => {
      isCurrent = false
    }
  }, [makeLink])
  return { shown: made?.by === makeLink ? made.shown : undefined, error }
}

async function showLink(makeLink: () => Promise<string>): Promise<ShownLink> {
  // What draws codes is loaded by those who look at one.
  const [link, { toShownLink }] = await Promise.all([makeLink(), import('./shown-link.js')])
  return toShownLink(link)
}
