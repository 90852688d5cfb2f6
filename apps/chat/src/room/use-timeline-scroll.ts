import type { Stored } from '@firekeep/core'
import { useEffect, useRef } from 'react'
import type { Message } from '../data/room-document.js'
import { focusMessage } from './timeline-focus.js'
import { NEWEST, PAGE, type TimelineView } from './timeline-view.js'

export interface TimelineScroll {
  readonly view: TimelineView
  readonly onView: (view: TimelineView) => void
  readonly messages: readonly Stored<Message>[]
  readonly newerCount: number
}

/** So near to the end, in pixels, one is at the end. */
const END_MARGIN = 48

/**
 * Keeps the scroller of a timeline, whose origin is its end, and the view in step: who scrolls away from the
 * newest messages keeps what he reads while others come, and who returns follows the newest again.
 */
export function useTimelineScroll({ view, onView, messages, newerCount }: TimelineScroll) {
  const scroller = useRef<HTMLElement>(null)
  const { until, target } = view
  useEffect(() => {
    if (until === undefined && target === undefined) scroller.current?.scrollTo({ top: 0 })
  }, [until, target])
  useEffect(() => {
    if (target === undefined || !scroller.current) return
    // Those of the former view stay until it is there; then it is found among the new ones.
    if (messages.length > 0 && focusMessage(scroller.current, target)) onView({ ...view, target: undefined })
  }, [target, messages, onView, view])
  const onScroll = () => {
    const newest = messages.at(-1)
    const isAtEnd = Math.abs(scroller.current?.scrollTop ?? 0) < END_MARGIN
    if (!isAtEnd && until === undefined && newest) onView({ ...view, until: newest.at })
    if (isAtEnd && until !== undefined && newerCount < PAGE && target === undefined) onView(NEWEST)
  }
  return { scroller, onScroll }
}
