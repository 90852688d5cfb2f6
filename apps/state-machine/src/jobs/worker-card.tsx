import { useState } from 'react'
import { OFFICE, type Office } from '../data/office-document.js'
import { useOffice, useOfficeDocument } from '../data/office-hooks.js'
import { makeOfficeLink } from '../office/invite-dialog.js'
import { Failure } from '../ui/failure.js'

const COMMAND = 'npm run worker --'

/** How to start a worker for this office. */
export function WorkerCard({ server }: { readonly server: string | undefined }) {
  const database = useOffice()
  const { doc: office } = useOfficeDocument<Office>(OFFICE)
  const [isCopied, setCopied] = useState(false)
  const [error, setError] = useState<unknown>()
  const copy = async (url: string) => {
    const link = await makeOfficeLink(database, office?.name ?? 'Office', url)
    await navigator.clipboard.writeText(`${COMMAND} '${link}'`)
    setCopied(true)
  }
  return (
    <section className="card" aria-label="Worker">
      <div className="card-head">
        <h3>Worker</h3>
        {server !== undefined && (
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              copy(server).catch(setError)
            }}
          >
            {isCopied ? 'Copied' : 'Copy command'}
          </button>
        )}
      </div>
      {server === undefined ? (
        <p className="hint">Without a sync server no worker can reach this office.</p>
      ) : (
        <>
          <p className="hint">
            Run it in the folder of this app; start two and stop one, and the other goes on. The command holds
            the link to this office: keep it to yourself.
          </p>
          <pre className="command">{`${COMMAND} '<link>'`}</pre>
        </>
      )}
      {error !== undefined && <Failure title="The command was not copied" error={error} />}
    </section>
  )
}
