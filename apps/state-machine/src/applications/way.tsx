import { type ApplicationState, STATE_LABELS } from '../data/application-state.js'

const WAY: readonly ApplicationState[] = [
  'draft',
  'submitted',
  'testing',
  'approval',
  'printing',
  'mailing',
  'mailed',
]

/** Where a stopped application left the way. */
const STOPPED: Partial<Record<ApplicationState, ApplicationState>> = {
  'test-failed': 'testing',
  rejected: 'approval',
}

/** The way from draft to mailbox, and how far an application came. */
export function Way({ state }: { readonly state: ApplicationState }) {
  const place = STOPPED[state] ?? state
  const reached = WAY.indexOf(place)
  const isStopped = place !== state
  return (
    <ol className="way" aria-label="The way of the application">
      {WAY.map((each, index) => {
        const isHere = index === reached
        return (
          <li
            key={each}
            data-reached={index < reached || state === 'mailed' || undefined}
            data-here={isHere || undefined}
            data-stopped={(isHere && isStopped) || undefined}
            aria-current={isHere ? 'step' : undefined}
          >
            <span>{isHere ? STATE_LABELS[state] : STATE_LABELS[each]}</span>
          </li>
        )
      })}
    </ol>
  )
}
