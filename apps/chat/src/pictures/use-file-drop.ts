import { useEffect, useEffectEvent, useState } from 'react'

/**
 * Takes files that are dropped anywhere on the page, and says whether some are held over it. Anywhere, as the browser
 * would leave the page for a file that misses.
 */
export function useFileDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  const take = useEffectEvent(onFiles)
  useEffect(() => {
    const stop = new AbortController()
    const listen = (type: 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void) =>
      document.addEventListener(type, event => hasFiles(event) && listener(event), { signal: stop.signal })
    listen('dragover', event => {
      event.preventDefault()
      setOver(true)
    })
    // It is left where nothing of it is entered.
    listen('dragleave', event => event.relatedTarget === null && setOver(false))
    listen('drop', event => {
      event.preventDefault()
      setOver(false)
      take([...(event.dataTransfer?.files ?? [])])
    })
    return () => stop.abort()
  }, [])
  return isOver
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false
}
