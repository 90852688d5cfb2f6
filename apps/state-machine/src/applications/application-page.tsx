import type { Stored } from '@firekeep/core'
import { useEffect, useRef, useState } from 'react'
import type { Application } from '../data/application.js'
import { isApplication } from '../data/field.js'
import { numberOf } from '../data/new-application.js'
import { useOfficeDocuments } from '../data/office-hooks.js'
import { isNarrow } from '../device/is-narrow.js'
import { hashOf } from '../device/route.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { usePageTitle } from '../device/use-page-title.js'
import { ApplicationChecks } from '../jobs/application-checks.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { Uploads } from '../uploads/uploads.js'
import { EditDialog } from './edit-dialog.js'
import { Facts } from './facts.js'
import { NextStep } from './next-step.js'
import { StateBadge } from './state-badge.js'
import { Timeline } from './timeline.js'
import { Way } from './way.js'

/** One application at the moment that is shown. Key it by the id. */
export function ApplicationPage({ id }: { readonly id: string }) {
  const asOf = useMoment()
  const { docs, hydrated, error } = useLastHydrated(useOfficeDocuments({ key: id, asOf }))
  const application = docs.find(doc => isApplication(doc))
  usePageTitle(application?.name)
  return (
    <article className="detail" aria-label={application?.name ?? 'Application'}>
      <a className="back" href={hashOf({ page: 'applications' })}>
        <Icon name="back" />
        All applications
      </a>
      {error !== undefined && <Failure title="The application cannot be read" error={error} />}
      {application && <Opened application={application} />}
      {hydrated && !application && (
        <div className="pane-empty">
          <p className="empty-title">
            {asOf === undefined ? 'This application is not here.' : 'It did not exist yet.'}
          </p>
          <p>
            {asOf === undefined
              ? 'It may still be on its way from another device.'
              : 'Move the slider to the right.'}
          </p>
        </div>
      )}
    </article>
  )
}

function Opened({ application }: { readonly application: Stored<Application> }) {
  const [isEditing, setEditing] = useState(false)
  const isPast = useMoment() !== undefined
  const title = useRef<HTMLHeadingElement>(null)
  const { _id, name, state } = application
  useEffect(() => {
    // The list, and the focus with it, went away.
    if (isNarrow()) title.current?.focus()
  }, [])
  return (
    <>
      <header className="detail-head">
        <div>
          <h2 ref={title} tabIndex={-1}>
            {name}
          </h2>
          <p className="number">{numberOf(_id)}</p>
        </div>
        <StateBadge state={state} />
      </header>
      <Way state={state} />
      {!isPast && <NextStep application={application} />}
      <div className="detail-columns">
        <div>
          <Facts application={application} onEdit={isPast ? undefined : () => setEditing(true)} />
          <ApplicationChecks application={application} />
          <Uploads applicationId={_id} />
        </div>
        <Timeline id={_id} />
      </div>
      {isEditing && <EditDialog id={_id} onClose={() => setEditing(false)} />}
    </>
  )
}
