import type { Person } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

export interface PersonNameDialogProps {
  readonly personId: string
  readonly onClose: () => void
}

/** Changes what somebody is called. Messages that were sent keep the name they were sent with. */
export function PersonNameDialog({ personId, onClose }: PersonNameDialogProps) {
  const { doc, merge, save, saving, error } = useUserDocument<Person>(personId)
  const rename = async () => {
    const saved = await save().catch(() => undefined)
    if (saved !== undefined) onClose()
  }
  return (
    <Dialog title="Change name" onClose={onClose}>
      <p>Messages that were sent keep the name they were sent with.</p>
      <FieldForm
        label="Name"
        value={doc?.name ?? ''}
        action="Save"
        isBusy={saving}
        onChange={name => merge({ name })}
        onSubmit={rename}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The name was not changed" error={error} />}
    </Dialog>
  )
}
