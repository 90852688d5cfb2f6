import { OfficeProvider, useOffice } from './data/office-hooks.js'
import { type ChosenOffice, officeChoice, parseOffice } from './device/office-choice.js'
import { useChoice } from './device/use-choice.js'
import { useInvitation } from './device/use-invitation.js'
import { InvitationDialog } from './office/invitation-dialog.js'
import { OfficeSync } from './office/office-sync.js'
import { WelcomePage } from './office/welcome-page.js'
import { ErrorBoundary } from './ui/error-boundary.js'
import { Page } from './ui/page.js'
import { Workspace } from './workspace.js'

/** The whole app: the office that this device shows, or the way into one. */
export function App() {
  const chosen = useChoice(officeChoice)
  const office = parseOffice(chosen)
  const invitation = useInvitation()
  const fallback = (
    <Page title="Something broke">
      <p className="lede">That is a fault of this app; what was saved is safe. Reload the page to go on.</p>
    </Page>
  )
  return (
    <ErrorBoundary fallback={fallback}>
      {office === undefined ? (
        <WelcomePage invitation={invitation} />
      ) : (
        <OfficeHome key={office.name} office={office} />
      )}
    </ErrorBoundary>
  )
}

function OfficeHome({ office }: { readonly office: ChosenOffice }) {
  const database = useOffice(office.name)
  return (
    <OfficeProvider database={database}>
      <OfficeSync office={office} />
      <Workspace office={office} />
      <InvitationDialog />
    </OfficeProvider>
  )
}
