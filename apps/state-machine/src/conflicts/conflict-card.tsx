import type { Conflict, Resolution } from '@firekeep/core'
import { useId, useState } from 'react'
import { isApplication } from '../data/field.js'
import type { OfficeDocument } from '../data/office-document.js'
import { useOffice } from '../data/office-hooks.js'
import { formatMoment } from '../device/formats.js'
import { hashOf } from '../device/route.js'
import { AuthorName } from '../people/author-name.js'
import { Failure } from '../ui/failure.js'
import { seenClock, thirdVersion } from './third-version.js'
import { ThirdVersionDialog } from './third-version-dialog.js'
import { VersionTable } from './version-table.js'

/** One document that was written twice, and the ways to settle it. */
export function ConflictCard({ conflict }: { readonly conflict: Conflict<OfficeDocument> }) {
  const database = useOffice()
  const titleId = useId()
  const [isWriting, setWriting] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const settle = (resolution: Resolution<OfficeDocument>, seen: Conflict<OfficeDocument>) => {
    setBusy(true)
    database
      .resolve(conflict.id, resolution, { basedOn: seenClock(seen) })
      .catch(setError)
      .finally(() => setBusy(false))
  }
  const isWritable = thirdVersion(conflict, {}) !== undefined
  return (
    <li className="card conflict" aria-labelledby={titleId}>
      <div className="card-head">
        <h3 id={titleId}>{titleOf(conflict)}</h3>
        {isWritable && <a href={hashOf({ page: 'applications', id: conflict.id })}>Open the application</a>}
      </div>
      <VersionTable
        conflict={conflict}
        head={({ author, time }, index) => (
          <>
            <span className="version-place">{index === 0 ? 'Shown now' : 'Decided apart'}</span>
            <AuthorName author={author} />
            <time>{formatMoment(time)}</time>
          </>
        )}
        foot={({ doc }, index) => (
          <button
            type="button"
            className="button button-small"
            disabled={isBusy}
            onClick={() => settle(isDeleted(doc) ? { _id: conflict.id, _deleted: true } : doc, conflict)}
          >
            Keep this<span className="visually-hidden"> version, number {index + 1}</span>
          </button>
        )}
      />
      {isWritable && (
        <div className="actions">
          <button type="button" className="button" disabled={isBusy} onClick={() => setWriting(true)}>
            Write a third version…
          </button>
        </div>
      )}
      {error !== undefined && <Failure title="The conflict was not settled" error={error} />}
      {isWriting && (
        <ThirdVersionDialog
          conflict={conflict}
          onSettle={(document, seen) => {
            setWriting(false)
            settle(document, seen)
          }}
          onClose={() => setWriting(false)}
        />
      )}
    </li>
  )
}

function titleOf({ id, versions }: Conflict<OfficeDocument>): string {
  for (const { doc } of versions) if (isApplication(doc)) return doc.name
  return `Another document: ${id}`
}

type ShownDocument = Conflict<OfficeDocument>['winner']['doc']

function isDeleted(doc: ShownDocument): doc is Extract<ShownDocument, { readonly _deleted: true }> {
  return '_deleted' in doc
}
