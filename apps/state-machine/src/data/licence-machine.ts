import { stateMachine } from '@firekeep/core/jobs'
import { APPLICATION_STATES, type ApplicationState } from './application-state.js'
import { STEPS } from './step.js'

/** Refuses whatever is no step, however it is tried. */
export const licenceMachine = stateMachine({
  field: 'state',
  states: APPLICATION_STATES,
  transitions: transitionsOf(),
})

function transitionsOf(): Record<ApplicationState, readonly ApplicationState[]> {
  const reachable = (state: ApplicationState) =>
    STEPS.filter(({ from }) => from === state).map(({ to }) => to)
  const entries = APPLICATION_STATES.map(state => [state, reachable(state)])
  return Object.fromEntries(entries)
}
