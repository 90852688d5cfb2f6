import { useState } from 'react'
import type { Application } from '../data/application.js'
import { missingFact, NO_FACTS, newApplication, trimmed } from '../data/new-application.js'
import { useOfficeDocument } from '../data/office-hooks.js'
import { today } from '../device/formats.js'
import { hashOf } from '../device/route.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { FactsForm } from './facts-form.js'

/** Opens an application and goes there. */
export function NewApplicationDialog({ onClose }: { readonly onClose: () => void }) {
  const { doc, merge, save, saving, error } = useOfficeDocument<Application>(() =>
    newApplication(NO_FACTS, Date.now()),
  )
  const [isTried, setTried] = useState(false)
  const missing = missingFact(doc, today())
  const open = async () => {
    setTried(true)
    if (missing !== undefined) return
    merge(trimmed(doc))
    const saved = await save().catch(() => undefined)
    if (saved === undefined) return
    onClose()
    location.hash = hashOf({ page: 'applications', id: saved.id })
  }
  return (
    <Dialog title="New application" onClose={onClose}>
      <FactsForm
        facts={doc}
        action="Open application"
        missing={isTried ? missing : undefined}
        isBusy={saving}
        onChange={merge}
        onSubmit={open}
        onCancel={onClose}
      />
      {error !== undefined && <Failure title="The application was not opened" error={error} />}
    </Dialog>
  )
}
