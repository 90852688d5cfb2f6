import { Dialog } from '../ui/dialog.js'
import { damageText } from './damage-text.js'

export interface DamagedDialogProps {
  readonly isNewer: boolean
  readonly onClose: () => void
}

/** Says that an invitation cannot be used. */
export function DamagedDialog({ isNewer, onClose }: DamagedDialogProps) {
  return (
    <Dialog title="This invitation does not work" onClose={onClose}>
      <p>{damageText(isNewer)}</p>
      <div className="actions">
        <button type="button" className="button button-primary" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
