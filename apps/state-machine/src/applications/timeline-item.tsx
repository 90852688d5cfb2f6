import { useState } from 'react'
import { useOffice } from '../data/office-hooks.js'
import { ROLE_LABELS } from '../data/role.js'
import { shortKey } from '../data/short-key.js'
import type { TimelineEntry } from '../data/timeline.js'
import { formatExact, formatMoment } from '../device/formats.js'
import { AuthorName } from '../people/author-name.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { checkSignature } from './check-signature.js'

export interface TimelineItemProps {
  /** The id of the application. */
  readonly id: string
  readonly entry: TimelineEntry
  /** It is no part of the moment that is shown. */
  readonly isOutside: boolean
}

/** One thing that somebody did. */
export function TimelineItem({ id, entry, isOutside }: TimelineItemProps) {
  const database = useOffice()
  const [signer, setSigner] = useState<string>()
  const [error, setError] = useState<unknown>()
  const { version, text, role, remark } = entry
  const check = () => {
    checkSignature(database, id, version).then(setSigner, setError)
  }
  return (
    <li
      className="timeline-item"
      data-current={version.current || undefined}
      data-outside={isOutside || undefined}
    >
      <p>
        <AuthorName author={version.author} /> {text}
        {role && <span className="role">as {ROLE_LABELS[role].toLowerCase()}</span>}
      </p>
      {remark && <p className="remark">{remark}</p>}
      <p className="timeline-foot">
        {isOutside && <span className="outside">Not yet</span>}
        <time dateTime={new Date(version.time).toISOString()} title={formatExact(version.time)}>
          {formatMoment(version.time)}
        </time>
        <span className="verified" title="The signature was checked when this came to this device.">
          <Icon name="signed" />
          <span className="visually-hidden">Signature checked when it came</span>
        </span>
        {signer === undefined ? (
          <button type="button" className="link-button" onClick={check}>
            Check signature
          </button>
        ) : (
          <output className="signer">
            Right: signed with <code>{shortKey(signer)}</code>
          </output>
        )}
      </p>
      {error !== undefined && <Failure title="The signature could not be checked" error={error} />}
    </li>
  )
}
