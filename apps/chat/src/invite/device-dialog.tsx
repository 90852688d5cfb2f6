import type { WholeInvitation } from '../device/invitations.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { ServerLine } from './server-line.js'
import { useMovingIn } from './use-moving-in.js'

export interface DeviceDialogProps {
  readonly invitation: WholeInvitation
  readonly onClose: () => void
}

/** Asks before a device that has rooms of its own shows those of another device. */
export function DeviceDialog({ invitation, onClose }: DeviceDialogProps) {
  const { isBusy, error, begin } = useMovingIn(invitation)
  const { title, server } = invitation.info
  const whose = title === undefined ? 'the other device' : `${title}’s other device`
  return (
    <Dialog title="Switch to your other rooms?" onClose={onClose}>
      <p>
        This device has people and rooms of its own. If you go on, it shows those of {whose} instead.{' '}
        <strong>Nothing is deleted or mixed:</strong> what is here stays on this device, and the menu at your
        name switches back to it.
      </p>
      <ServerLine server={server} />
      <div className="actions">
        {/* biome-ignore lint/a11y/noAutofocus: the harmless answer comes first */}
        <button type="button" className="button" autoFocus onClick={onClose}>
          Stay here
        </button>
        <button type="button" className="button button-primary" disabled={isBusy} onClick={begin}>
          {isBusy ? 'Fetching…' : 'Switch'}
        </button>
      </div>
      {error !== undefined && <Failure title="The rooms did not come" error={error} />}
    </Dialog>
  )
}
