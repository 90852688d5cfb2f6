import { hasErrorCode } from '@firekeep/core'

export interface FailureProps {
  /** What was wanted, as in "The message was not sent". */
  readonly title: string
  readonly error: unknown
}

/** Says what went wrong, and what to do where that is known. */
export function Failure({ title, error }: FailureProps) {
  return (
    <p className="failure" role="alert">
      <strong>{title}.</strong> {adviceFor(error)}
    </p>
  )
}

function adviceFor(error: unknown): string {
  if (hasErrorCode(error, 'INSECURE_CONTEXT')) {
    return 'This page came over plain http, where browsers allow no encryption. Open it over https or from localhost.'
  }
  if (hasErrorCode(error, 'QUOTA_EXCEEDED')) {
    return 'This device has no room left for it. Delete some messages or a room, then try again.'
  }
  if (hasErrorCode(error, 'KEY_MISSING')) {
    return 'Its data is here, its key is not. Only the recovery string can open it.'
  }
  if (hasErrorCode(error, 'REMOTE_UNAVAILABLE')) {
    return 'The server cannot be reached. Look whether this device has a network, then try again.'
  }
  if (hasErrorCode(error, 'DATABASE_MISMATCH')) {
    return 'This device has something else under the same name. Leave that room first, then open the link again.'
  }
  return error instanceof Error ? error.message : String(error)
}
