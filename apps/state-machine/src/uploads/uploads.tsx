import { type ChangeEvent, useId, useState } from 'react'
import { useOffice, useOfficeQuery } from '../data/office-hooks.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'
import { newUpload, UPLOAD_TYPES, uploadProblem } from './new-upload.js'
import { UploadItem } from './upload-item.js'

/** The pictures and PDFs of an application. */
export function Uploads({ applicationId }: { readonly applicationId: string }) {
  const database = useOffice()
  const asOf = useMoment()
  const options = { prefix: ['upload', applicationId], asOf } as const
  const { docs } = useLastHydrated(useOfficeQuery(['type', 'application', 'at'], options))
  const [problem, setProblem] = useState<string>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(0)
  const uploads = docs.filter(doc => doc.type === 'upload')
  const add = async (files: readonly File[]) => {
    setProblem(undefined)
    setError(undefined)
    for (const file of files) {
      const found = uploadProblem(file)
      if (found === undefined) await database.put(newUpload(applicationId, file, Date.now()))
      else setProblem(found)
    }
  }
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const files = Array.from(event.target.files ?? [])
    event.target.value = ''
    setBusy(files.length)
    add(files)
      .catch(setError)
      .finally(() => setBusy(0))
  }
  return (
    <section className="card" aria-label="Documents">
      <div className="card-head">
        <h3>Documents</h3>
        {asOf === undefined && <UploadField isBusy={busy > 0} onChange={choose} />}
      </div>
      {uploads.length === 0 && <p className="hint">No pictures or PDFs. A passport photo would help.</p>}
      <ul className="uploads">
        {uploads.map(upload => (
          <UploadItem key={upload._id} upload={upload} />
        ))}
      </ul>
      {problem && (
        <p className="failure" role="alert">
          <strong>It was not added.</strong> {problem}
        </p>
      )}
      {error !== undefined && <Failure title="It was not added" error={error} />}
    </section>
  )
}

interface UploadFieldProps {
  readonly isBusy: boolean
  readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void
}

function UploadField({ isBusy, onChange }: UploadFieldProps) {
  const id = useId()
  return (
    <span className="upload-field">
      <input
        id={id}
        className="visually-hidden"
        type="file"
        multiple
        accept={UPLOAD_TYPES.join()}
        disabled={isBusy}
        onChange={onChange}
      />
      <label className="button button-small" htmlFor={id}>
        {isBusy ? 'Adding…' : 'Add…'}
        <span className="visually-hidden"> pictures or PDFs</span>
      </label>
    </span>
  )
}
