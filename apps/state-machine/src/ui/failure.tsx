import { hasErrorCode } from '@firekeep/core'

export interface FailureProps {
  /** What was wanted, as in "The application was not saved". */
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

const ADVICE = {
  INSECURE_CONTEXT:
    'This page came over plain http, where browsers allow no encryption. Open it over https or from localhost.',
  QUOTA_EXCEEDED: 'This device has no room left for it. Free some space, then try again.',
  KEY_MISSING: 'Its data is here, its key is not. Only a link to it can open it again.',
  REMOTE_UNAVAILABLE: 'The server cannot be reached. Look whether this device has a network, then try again.',
  DATABASE_MISMATCH:
    'This device has something else under the same name. Open the link in another browser profile.',
  READ_ONLY: 'This device may only read here. Ask for a link that lets you write.',
  STALE: 'Somebody else changed it at the same moment. Look at how it stands now, then decide again.',
  ILLEGAL_TRANSITION: 'That step is not possible from where the application stands now.',
  FILE_UNAVAILABLE:
    'The file is not on this device, and the server cannot be reached for it. Try again later.',
  CORRUPT: 'It is damaged, and there is no whole copy of it within reach.',
  PRUNED: 'Its content was erased; only who wrote it, and when, is known.',
  NOT_FOUND: 'It is not there any more.',
} as const

function adviceFor(error: unknown): string {
  for (const code of Object.keys(ADVICE) as (keyof typeof ADVICE)[]) {
    if (hasErrorCode(error, code)) return ADVICE[code]
  }
  return error instanceof Error ? error.message : String(error)
}
