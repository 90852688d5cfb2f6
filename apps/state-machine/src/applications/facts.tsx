import type { Application } from '../data/application.js'
import { FIELD_LABELS, fieldText } from '../data/field.js'
import { formatDay } from '../device/formats.js'

export interface FactsProps {
  readonly application: Application
  /** Missing where nothing can be changed. */
  readonly onEdit: (() => void) | undefined
}

const SHOWN = ['born', 'address', 'licence'] as const

/** What the applicant said. */
export function Facts({ application, onEdit }: FactsProps) {
  return (
    <section className="card" aria-label="Details">
      <div className="card-head">
        <h3>Details</h3>
        {onEdit && (
          <button type="button" className="button button-small" onClick={onEdit}>
            Correct…
          </button>
        )}
      </div>
      <dl className="facts">
        {SHOWN.map(field => (
          <div key={field}>
            <dt>{FIELD_LABELS[field]}</dt>
            <dd>{fieldText(application, field)}</dd>
          </div>
        ))}
        <div>
          <dt>Opened</dt>
          <dd>{formatDay(application.at)}</dd>
        </div>
      </dl>
    </section>
  )
}
