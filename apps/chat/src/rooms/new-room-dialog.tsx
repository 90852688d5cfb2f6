import { newRoom } from '../data/new-room.js'
import type { Room } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'
import { hashOf } from '../device/route.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

/** Makes a room and goes there. */
export function NewRoomDialog({ onClose }: { readonly onClose: () => void }) {
  const { doc, merge, save, saving, error } = useUserDocument<Room>(() => newRoom(''))
  const create = async () => {
    const saved = await save().catch(() => undefined)
    if (saved === undefined) return
    onClose()
    location.hash = hashOf(saved.id)
  }
  return (
    <Dialog title="New room" onClose={onClose}>
      <p>A room is a database of its own, with its own key.</p>
      <FieldForm
        label="Name of the room"
        value={doc.title}
        action="Create"
        isBusy={saving}
        onChange={title => merge({ title })}
        onSubmit={create}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The room was not made" error={error} />}
    </Dialog>
  )
}
