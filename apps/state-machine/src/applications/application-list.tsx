import { useRef, useState } from 'react'
import { hashOf } from '../device/route.js'
import { useRole } from '../device/use-role.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { ApplicationRow } from './application-row.js'
import { filterApplications, SCOPE_LABELS, SCOPES, type Scope } from './list-filter.js'
import { NewApplicationDialog } from './new-application-dialog.js'
import { useApplications } from './use-applications.js'
import { useFocusOfRow } from './use-focus-of-row.js'

const PAGE = 100

/** The applications that one looks through, newest first. */
export function ApplicationList({ openId }: { readonly openId: string | undefined }) {
  const [limit, setLimit] = useState(PAGE)
  const [scope, setScope] = useState<Scope>('all')
  const [text, setText] = useState('')
  const [isMaking, setMaking] = useState(false)
  const role = useRole()
  const isPast = useMoment() !== undefined
  const { applications, hydrated, error } = useApplications(limit)
  const list = useRef<HTMLUListElement>(null)
  useFocusOfRow(list, openId)
  const shown = filterApplications(applications, { scope, role, text })
  return (
    <section className="list-pane" aria-labelledby="list-title">
      <div className="list-head">
        <h2 id="list-title">Applications</h2>
        {!isPast && (
          <button
            type="button"
            className="button button-primary button-small"
            onClick={() => setMaking(true)}
          >
            <Icon name="plus" />
            New
          </button>
        )}
      </div>
      <ListControls scope={scope} onScope={setScope} text={text} onText={setText} />
      {error !== undefined && <Failure title="The applications cannot be read" error={error} />}
      <ul className="list" ref={list}>
        {shown.map(application => (
          <ApplicationRow
            key={application._id}
            application={application}
            isOpen={application._id === openId}
            href={hashOf({ page: 'applications', id: application._id })}
          />
        ))}
      </ul>
      {hydrated && shown.length === 0 && (
        <p className="list-empty">{emptyText(applications.length > 0, isPast)}</p>
      )}
      {applications.length === limit && (
        <button type="button" className="button list-more" onClick={() => setLimit(limit + PAGE)}>
          Older ones
        </button>
      )}
      {isMaking && <NewApplicationDialog onClose={() => setMaking(false)} />}
    </section>
  )
}

function emptyText(hasOthers: boolean, isPast: boolean): string {
  if (hasOthers) return 'None of them fits. Look at “All”, or search for something else.'
  return isPast ? 'There were none yet.' : 'There are none yet. Begin with “New”.'
}

interface ListControlsProps {
  readonly scope: Scope
  readonly onScope: (scope: Scope) => void
  readonly text: string
  readonly onText: (text: string) => void
}

function ListControls({ scope, onScope, text, onText }: ListControlsProps) {
  return (
    <div className="list-controls">
      <fieldset className="choice">
        <legend className="visually-hidden">Which applications</legend>
        {SCOPES.map(each => (
          <label key={each}>
            <input type="radio" name="scope" checked={scope === each} onChange={() => onScope(each)} />
            <span>{SCOPE_LABELS[each]}</span>
          </label>
        ))}
      </fieldset>
      <label className="search">
        <span className="visually-hidden">Search applications</span>
        <Icon name="search" />
        <input
          className="field field-small"
          type="search"
          placeholder="Name, number or state"
          value={text}
          onChange={event => onText(event.target.value)}
        />
      </label>
    </div>
  )
}
