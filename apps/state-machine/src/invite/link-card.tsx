import { useId, useState } from 'react'
import { Failure } from '../ui/failure.js'
import type { ShownLink } from './shown-link.js'

export interface LinkCardProps {
  /** `undefined` while it is made. */
  readonly shown: ShownLink | undefined
  /** What the code leads to, for those who do not see it. */
  readonly label: string
  readonly onClose: () => void
}

/** A link as QR code and as text, with the ways to pass it on. */
export function LinkCard({ shown, label, onClose }: LinkCardProps) {
  const id = useId()
  const [copied, setCopied] = useState<string>()
  const [error, setError] = useState<unknown>()
  const link = shown?.link ?? ''
  const copy = () => navigator.clipboard.writeText(link).then(() => setCopied(link), setError)
  const share = () => navigator.share({ url: link }).catch(reason => isGivenUp(reason) || setError(reason))
  const isCopied = link !== '' && copied === link
  return (
    <>
      <div className="qr" data-making={shown === undefined || undefined}>
        {shown && (
          <svg viewBox={`0 0 ${shown.qrSize} ${shown.qrSize}`} role="img" aria-label={label}>
            <path d={shown.qrPath} shapeRendering="crispEdges" />
          </svg>
        )}
      </div>
      <label className="link-label" htmlFor={id}>
        Link
      </label>
      <input
        id={id}
        className="field link-field"
        readOnly
        value={link}
        onFocus={event => event.target.select()}
      />
      {error !== undefined && <Failure title="The link was not passed on" error={error} />}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        {'share' in navigator && (
          <button type="button" className="button" disabled={link === ''} onClick={share}>
            Share…
          </button>
        )}
        <button type="button" className="button button-primary" disabled={link === ''} onClick={copy}>
          {isCopied ? 'Copied' : 'Copy link'}
        </button>
      </div>
      <p className="visually-hidden" role="status">
        {isCopied ? 'The link is copied.' : ''}
      </p>
    </>
  )
}

function isGivenUp(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError'
}
