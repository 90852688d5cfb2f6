import type { Stored } from '@firekeep/core'
import type { Application } from '../data/application.js'
import { numberOf } from '../data/new-application.js'
import { formatDay } from '../device/formats.js'
import { StateBadge } from './state-badge.js'

export interface ApplicationRowProps {
  readonly application: Stored<Application>
  readonly isOpen: boolean
  readonly href: string
}

/** One application in the list. */
export function ApplicationRow({ application, isOpen, href }: ApplicationRowProps) {
  const { _id, name, licence, at, state } = application
  return (
    <li>
      <a className="row" href={href} aria-current={isOpen ? 'true' : undefined}>
        <span className="row-name">{name}</span>
        <StateBadge state={state} />
        <span className="row-facts">
          <span className="number">{numberOf(_id)}</span> · class {licence} · {formatDay(at)}
        </span>
      </a>
    </li>
  )
}
