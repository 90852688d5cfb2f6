import type { Progress } from '@firekeep/core'
import { StoringNote } from '../pictures/storing-note.js'
import { Failure } from '../ui/failure.js'

export interface ComposerNotesProps {
  readonly error: unknown
  /** Files that were not taken, and why. */
  readonly problems: readonly string[]
  readonly storing: Progress | undefined
}

/** What is to be said of a message that is being sent or was not. */
export function ComposerNotes({ error, problems, storing }: ComposerNotesProps) {
  return (
    <>
      {error !== undefined && <Failure title="The message was not sent" error={error} />}
      {problems.length > 0 && (
        <div className="failure" role="alert">
          {problems.map((problem, index) => (
            <p key={index}>{problem}</p>
          ))}
        </div>
      )}
      {storing && <StoringNote {...storing} />}
    </>
  )
}
