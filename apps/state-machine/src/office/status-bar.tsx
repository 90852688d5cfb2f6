import { SyncNote } from '../sync/sync-note.js'
import { Icon } from '../ui/icon.js'
import { Fingerprint } from './fingerprint.js'

export interface StatusBarProps {
  readonly isTimeShown: boolean
  readonly onTime: () => void
}

/** How this device stands: with the others, and in time. */
export function StatusBar({ isTimeShown, onTime }: StatusBarProps) {
  return (
    <footer className="status-bar">
      <SyncNote />
      <Fingerprint />
      <button type="button" className="time-button" aria-pressed={isTimeShown} onClick={onTime}>
        <Icon name="clock" />
        <span>Look back</span>
      </button>
    </footer>
  )
}
