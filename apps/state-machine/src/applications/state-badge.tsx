import { type ApplicationState, STATE_LABELS, STATE_TONES } from '../data/application-state.js'

/** Where an application stands. */
export function StateBadge({ state }: { readonly state: ApplicationState }) {
  return (
    <span className="badge" data-tone={STATE_TONES[state]}>
      {STATE_LABELS[state]}
    </span>
  )
}
