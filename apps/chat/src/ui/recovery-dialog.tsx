import { type Database, firekeep } from '@firekeep/core'
import { useEffect, useState } from 'react'
import { Dialog } from './dialog.js'
import { Failure } from './failure.js'

export interface RecoveryDialogProps {
  /** What it is of, as in "the room Hearth". */
  readonly subject: string
  readonly database: string
  readonly onClose: () => void
}

/** The length of a key that lets one write; one that lets one only read is longer. */
const WRITING_KEY = 43

/** Shows the key of a database, to be kept somewhere safe. */
export function RecoveryDialog({ subject, database, onClose }: RecoveryDialogProps) {
  const [key, setKey] = useState('')
  const [error, setError] = useState<unknown>()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    const handle: Database = firekeep(database)
    handle.exportKey().then(setKey, setError)
    return () => void handle.close()
  }, [database])
  const copy = () => navigator.clipboard.writeText(key).then(() => setCopied(true), setError)
  return (
    <Dialog title="Recovery string" onClose={onClose}>
      <p>
        This is the key to {subject}. Keep it where only you can find it.{' '}
        <strong>A lost key is lost data:</strong> without it nobody, you included, can read what was written.
        Whoever has it can {key.length > WRITING_KEY ? 'read' : 'read and write'} everything.
      </p>
      {error === undefined ? (
        <output className="key" aria-label="Recovery string">
          {key || '…'}
        </output>
      ) : (
        <Failure title="The key cannot be shown" error={error} />
      )}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <button type="button" className="button button-primary" disabled={key === ''} onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      </div>
    </Dialog>
  )
}
