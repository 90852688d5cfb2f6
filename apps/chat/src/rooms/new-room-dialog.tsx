import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import { createRoom } from '../data/room-link.js'
import type { UserDocument } from '../data/user-document.js'
import { hashOf } from '../device/route.js'
import { syncServer } from '../device/sync-server.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

/** Makes a room and goes there. */
export function NewRoomDialog({ onClose }: { readonly onClose: () => void }) {
  const database = useFirekeep<UserDocument>()
  const [title, setTitle] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const create = () => {
    setBusy(true)
    putRoom(database, title.trim())
      .then(id => {
        onClose()
        location.hash = hashOf(id)
      }, setError)
      .finally(() => setBusy(false))
  }
  return (
    <Dialog title="New room" onClose={onClose}>
      <p>A room is a database of its own, with its own key.</p>
      <FieldForm
        label="Name of the room"
        value={title}
        action="Create"
        isBusy={isBusy}
        onChange={setTitle}
        onSubmit={create}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The room was not made" error={error} />}
    </Dialog>
  )
}

async function putRoom(
  database: ReturnType<typeof useFirekeep<UserDocument>>,
  title: string,
): Promise<string> {
  const { url } = await syncServer.find()
  const { id } = await database.put(await createRoom(title, url))
  return id
}
