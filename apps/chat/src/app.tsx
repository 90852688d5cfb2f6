import { FirekeepProvider, useFirekeep } from '@firekeep/react'
import { USER_DATABASE } from './data/user-database.js'
import type { UserDocument } from './data/user-document.js'
import { homeChoice } from './device/home-choice.js'
import { useChoice } from './device/use-choice.js'
import { Start } from './start.js'
import { HomeSync } from './sync/home-sync.js'
import { ErrorBoundary } from './ui/error-boundary.js'
import { Page } from './ui/page.js'
import { UpdateNotice } from './ui/update-notice.js'

/** The whole app, on the user's own database. */
export function App() {
  const home = useChoice(homeChoice) ?? USER_DATABASE
  const fallback = (
    <Page title="Something broke">
      <p className="lede">That is a fault of this app; what was saved is safe. Reload the page to go on.</p>
    </Page>
  )
  return (
    <ErrorBoundary fallback={fallback}>
      <Home key={home} name={home} />
      <UpdateNotice />
    </ErrorBoundary>
  )
}

function Home({ name }: { readonly name: string }) {
  const database = useFirekeep<UserDocument>(name)
  return (
    <FirekeepProvider database={database}>
      <HomeSync />
      <Start />
    </FirekeepProvider>
  )
}
