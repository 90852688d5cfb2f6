import { usePageTitle } from '../device/use-page-title.js'
import { ApplicationList } from './application-list.js'
import { ApplicationPage } from './application-page.js'

/** The list of applications, and the one that is open. */
export function ApplicationsPage({ id }: { readonly id: string | undefined }) {
  return (
    <main className="panes">
      <ApplicationList openId={id} />
      {id === undefined ? <NoApplication /> : <ApplicationPage key={id} id={id} />}
    </main>
  )
}

function NoApplication() {
  usePageTitle()
  return (
    <div className="pane-empty">
      <p className="empty-title">No application is open.</p>
      <p>Choose one from the list, or begin a new one.</p>
    </div>
  )
}
