import { useState } from 'react'
import { useOffice } from '../data/office-hooks.js'
import { introduce } from '../office/found-office.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

export interface NameDialogProps {
  readonly name: string
  readonly onClose: () => void
}

/** Changes what whoever works on this device is called, also in what was done before: it goes by the key. */
export function NameDialog({ name: former, onClose }: NameDialogProps) {
  const database = useOffice()
  const [name, setName] = useState(former)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const rename = () => {
    setBusy(true)
    introduce(database, name.trim()).then(onClose, (reason: unknown) => {
      setBusy(false)
      setError(reason)
    })
  }
  return (
    <Dialog title="Change name" onClose={onClose}>
      <p>All that you did is shown under the new name: it is known by your key.</p>
      <FieldForm
        label="Name"
        value={name}
        action="Save"
        isBusy={isBusy}
        onChange={setName}
        onSubmit={rename}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The name was not changed" error={error} />}
    </Dialog>
  )
}
