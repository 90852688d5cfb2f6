import { type RefObject, useEffect, useState } from 'react'

/** What scrolls, and how far outside of it, in each direction, a picture is about to be seen. */
const SCROLLER = '.timeline'
const MARGIN = '600px 0px'

/** Whether an element of the timeline is in sight or about to be. */
export function useNear(element: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    const target = element.current
    if (!target) return
    const onChange = (entries: readonly IntersectionObserverEntry[]) =>
      setNear(entries.at(-1)?.isIntersecting ?? false)
    const observer = new IntersectionObserver(onChange, {
      root: target.closest(SCROLLER),
      rootMargin: MARGIN,
    })
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return isNear
}
