import { newPerson } from '../data/new-person.js'
import type { Person } from '../data/user-document.js'
import { useUserDocument } from '../data/user-hooks.js'
import { personChoice } from '../device/person-choice.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'

/** Lets somebody else write from this device; this tab writes as them from then on. */
export function NewPersonDialog({ onClose }: { readonly onClose: () => void }) {
  const { doc, merge, save, saving, error } = useUserDocument<Person>(() => newPerson(''))
  const add = async () => {
    const saved = await save().catch(() => undefined)
    if (saved === undefined) return
    personChoice.choose(saved.id)
    onClose()
  }
  return (
    <Dialog title="Add a person" onClose={onClose}>
      <p>This tab will write as them. Other tabs stay as they are.</p>
      <FieldForm
        label="Name"
        value={doc.name}
        action="Add"
        isBusy={saving}
        onChange={name => merge({ name })}
        onSubmit={add}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The person was not added" error={error} />}
    </Dialog>
  )
}
