import { type RefObject, useEffect, useRef } from 'react'
import { isNarrow } from '../device/is-narrow.js'
import { hashOf } from '../device/route.js'

/** On a phone, gives the focus back to the row of the application that one returns from. */
export function useFocusOfRow(list: RefObject<HTMLElement | null>, openId: string | undefined): void {
  const last = useRef<string>(undefined)
  useEffect(() => {
    const former = last.current
    last.current = openId
    if (former === undefined || openId !== undefined || !isNarrow()) return
    const href = hashOf({ page: 'applications', id: former })
    list.current?.querySelector<HTMLElement>(`a[href="${href}"]`)?.focus()
  }, [list, openId])
}
