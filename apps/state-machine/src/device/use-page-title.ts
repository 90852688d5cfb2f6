import { useEffect } from 'react'

const APP = 'Firekeep Licences'

/** Names the tab. */
export function usePageTitle(title?: string): void {
  useEffect(() => {
    document.title = title === undefined ? APP : `${title} · ${APP}`
  }, [title])
}
