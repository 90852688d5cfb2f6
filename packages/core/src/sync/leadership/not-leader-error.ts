import { FirekeepError } from '../../errors.js'

/** What a tab is told that is about to send and leads no more. */
export function notLeaderError(cause?: unknown): FirekeepError {
  return new FirekeepError('ABORTED', 'another tab talks to the remote now', {
    cause,
    details: { reason: 'not-leader' },
  })
}
