import { useSyncExternalStore } from 'react'
import { AppUpdate } from '../device/app-update.js'

const update = new AppUpdate()

/** Offers a new version of the app; the page may hold a half-written message, so it never reloads by itself. */
export function UpdateNotice() {
  const isReady = useSyncExternalStore(update.subscribe, update.getSnapshot)
  if (!isReady) return null
  return (
    <div className="notice notice-update" role="status">
      A new version is here.
      <button type="button" className="notice-action" onClick={update.apply}>
        Reload
      </button>
    </div>
  )
}
