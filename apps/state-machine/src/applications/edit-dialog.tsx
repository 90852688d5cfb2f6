import { useState } from 'react'
import type { Application } from '../data/application.js'
import { missingFact, NO_FACTS, trimmed } from '../data/new-application.js'
import { useOfficeDocument } from '../data/office-hooks.js'
import { today } from '../device/formats.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FactsForm } from './facts-form.js'

export interface EditDialogProps {
  readonly id: string
  readonly onClose: () => void
}

/** Corrects what the applicant said. What others change meanwhile is merged in; the same field is kept twice, as a conflict. */
export function EditDialog({ id, onClose }: EditDialogProps) {
  const { doc, merge, save, saving, error } = useOfficeDocument<Application>(id)
  const [isTried, setTried] = useState(false)
  const facts = doc ?? NO_FACTS
  const missing = missingFact(facts, today())
  const submit = async () => {
    setTried(true)
    if (missing !== undefined) return
    merge(trimmed(facts))
    const saved = await save().catch(() => undefined)
    if (saved !== undefined) onClose()
  }
  return (
    <Dialog title="Correct the application" onClose={onClose}>
      <FactsForm
        facts={facts}
        action="Save"
        missing={isTried ? missing : undefined}
        isBusy={saving}
        onChange={merge}
        onSubmit={submit}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The correction was not saved" error={error} />}
    </Dialog>
  )
}
