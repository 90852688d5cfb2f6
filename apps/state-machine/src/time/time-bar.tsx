import { useId } from 'react'
import { formatExact } from '../device/formats.js'
import { AuthorName } from '../people/author-name.js'
import { Failure } from '../ui/failure.js'
import { Icon } from '../ui/icon.js'
import { type Moment, momentOf } from './moment.js'
import { MOST_COMMITS, useCommits } from './use-commits.js'

export interface TimeBarProps {
  /** The moment that is shown; `undefined` for now. */
  readonly moment: Moment | undefined
  readonly onMoment: (moment: Moment | undefined) => void
  readonly onClose: () => void
}

/** A slider over the history of the office; its right end is now. */
export function TimeBar({ moment, onMoment, onClose }: TimeBarProps) {
  const { commits, error } = useCommits()
  const id = useId()
  const commit = moment?.commit
  const count = commits?.length ?? 0
  const index = commit === undefined ? count : (commits?.indexOf(commit) ?? count)
  const move = (to: number) => {
    const chosen = commits?.[to]
    onMoment(chosen && commits && momentOf(chosen, commits))
  }
  const said = commit === undefined ? 'Now' : formatExact(commit.time)
  return (
    <section className="time-bar" aria-label="Time" data-past={commit !== undefined || undefined}>
      <p className="time-said">
        <Icon name="clock" />
        {commit === undefined ? (
          <span>
            Drag to see the office as it was
            {count === MOST_COMMITS && `, up to ${MOST_COMMITS} changes ago`}.
          </span>
        ) : (
          <span>
            <strong>The past, to look at only.</strong> <time>{said}</time>, after a change by{' '}
            <AuthorName author={commit.author} />
          </span>
        )}
      </p>
      <label className="visually-hidden" htmlFor={id}>
        Moment of the office’s history
      </label>
      <input
        id={id}
        className="time-slider"
        type="range"
        min={0}
        max={count}
        value={index}
        disabled={count === 0}
        aria-valuetext={said}
        onChange={event => move(Number(event.target.value))}
      />
      {error !== undefined && <Failure title="The history cannot be read" error={error} />}
      <button type="button" className="button button-small" onClick={onClose}>
        {commit === undefined ? 'Close' : 'Back to now'}
      </button>
    </section>
  )
}
