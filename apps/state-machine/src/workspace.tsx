import { useDeferredValue, useState } from 'react'
import { ApplicationsPage } from './applications/applications-page.js'
import { ConflictsPage } from './conflicts/conflicts-page.js'
import type { ChosenOffice } from './device/office-choice.js'
import { useRoute } from './device/use-route.js'
import { JobsPage } from './jobs/jobs-page.js'
import { StatusBar } from './office/status-bar.js'
import { TopBar } from './office/top-bar.js'
import { NamesContext } from './people/names-context.js'
import { useCheckedNames } from './people/use-checked-names.js'
import type { Moment } from './time/moment.js'
import { MomentContext } from './time/moment-context.js'
import { TimeBar } from './time/time-bar.js'

/** The office: what there is to do, and when. */
export function Workspace({ office }: { readonly office: ChosenOffice }) {
  const route = useRoute()
  const names = useCheckedNames()
  const [isTimeShown, setTimeShown] = useState(false)
  const [moment, setMoment] = useState<Moment>()
  // The slider follows the hand; what is read at a moment comes when there is time for it.
  const shown = useDeferredValue(moment)
  const toNow = () => {
    setMoment(undefined)
    setTimeShown(false)
  }
  const isOpen = route.page === 'applications' && route.id !== undefined
  return (
    <NamesContext value={names}>
      <div
        className="workspace"
        data-open={isOpen || undefined}
        data-past={moment !== undefined || undefined}
      >
        <TopBar route={route} office={office} />
        {isTimeShown && <TimeBar moment={moment} onMoment={setMoment} onClose={toNow} />}
        <MomentContext value={shown}>
          {route.page === 'applications' && <ApplicationsPage id={route.id} />}
          {route.page === 'jobs' && <JobsPage server={office.server} />}
          {route.page === 'conflicts' && <ConflictsPage />}
        </MomentContext>
        <StatusBar isTimeShown={isTimeShown} onTime={isTimeShown ? toNow : () => setTimeShown(true)} />
      </div>
    </NamesContext>
  )
}
