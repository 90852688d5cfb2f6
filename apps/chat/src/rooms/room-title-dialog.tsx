import type { Room } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

export interface RoomTitleDialogProps {
  readonly roomId: string
  readonly onClose: () => void
}

/** Changes what this device calls a room. */
export function RoomTitleDialog({ roomId, onClose }: RoomTitleDialogProps) {
  const { doc, merge, save, saving, error } = useUserDocument<Room>(roomId)
  const rename = async () => {
    const saved = await save().catch(() => undefined)
    if (saved !== undefined) onClose()
  }
  return (
    <Dialog title="Rename room" onClose={onClose}>
      <FieldForm
        label="Name of the room"
        value={doc?.title ?? ''}
        action="Save"
        isBusy={saving}
        onChange={title => merge({ title })}
        onSubmit={rename}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The room was not renamed" error={error} />}
    </Dialog>
  )
}
