import { hasErrorCode } from '@firekeep/core'

export interface PictureFailureProps {
  readonly name: string
  /** Why it is not shown: `missing` from the message, `broken` for this browser, or what loading it said. */
  readonly problem: unknown
  readonly onRetry: () => void
}

/** In the place of a picture that cannot be shown. */
export function PictureFailure({ name, problem, onRetry }: PictureFailureProps) {
  const isFinal = problem === 'missing' || problem === 'broken'
  return (
    <div className="picture-failure">
      <p role="status">
        <span className="visually-hidden">{name}: </span>
        {reasonOf(problem)}
      </p>
      {!isFinal && (
        <button type="button" className="button" aria-label={`Try to load ${name} again`} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

function reasonOf(problem: unknown): string {
  if (problem === 'missing') return 'This picture was not sent along.'
  if (problem === 'broken') return 'This browser cannot show this picture.'
  if (hasErrorCode(problem, 'FILE_UNAVAILABLE'))
    return 'This picture is not on this device and cannot be fetched now.'
  if (hasErrorCode(problem, 'CORRUPT')) return 'This picture is damaged.'
  if (hasErrorCode(problem, 'QUOTA_EXCEEDED')) return 'This device has no room left for this picture.'
  return 'This picture could not be loaded.'
}
