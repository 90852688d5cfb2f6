import { invitations, type WholeInvitation } from '../device/invitations.js'
import { Failure } from '../ui/failure.js'
import { Page } from '../ui/page.js'
import { ServerLine } from './server-line.js'
import { useMovingIn } from './use-moving-in.js'

/** Welcomes a user on a device that is new. */
export function DevicePage({ invitation }: { readonly invitation: WholeInvitation }) {
  const { isBusy, error, begin } = useMovingIn(invitation)
  const { title, server } = invitation.info
  return (
    <Page title={title === undefined ? 'Welcome' : `Welcome, ${title}`}>
      <p className="lede">
        Your people and rooms come to this device, and stay the same on both. There is no account: the link
        was the key.
      </p>
      <ServerLine server={server} />
      <div className="actions">
        {/* biome-ignore lint/a11y/noAutofocus: it is what the link was opened for */}
        <button type="button" className="button button-primary" autoFocus disabled={isBusy} onClick={begin}>
          {isBusy ? 'Fetching your rooms…' : 'Use this device'}
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={invitations.end}>
          Begin anew instead
        </button>
      </div>
      {error !== undefined && <Failure title="Your rooms did not come" error={error} />}
    </Page>
  )
}
