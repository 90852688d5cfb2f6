import type { Stored } from '@firekeep/core'
import { useState } from 'react'
import type { Application } from '../data/application.js'
import { useOffice } from '../data/office-hooks.js'
import { ROLE_LABELS } from '../data/role.js'
import { roleInTurn, type Step, stepsFor } from '../data/step.js'
import { takeStep } from '../data/take-step.js'
import { useRole } from '../device/use-role.js'
import { Failure } from '../ui/failure.js'
import { RemarkDialog } from './remark-dialog.js'

/** What can be done with the application now, in the role that this tab acts in. */
export function NextStep({ application }: { readonly application: Stored<Application> }) {
  const database = useOffice()
  const role = useRole()
  const [asked, setAsked] = useState<Step>()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const steps = stepsFor(application.state, role)
  const take = (step: Step, remark: string) => {
    setBusy(true)
    setAsked(undefined)
    takeStep(database, application, { step, role, remark })
      .then(
        () => setError(undefined),
        (reason: unknown) => setError(reason),
      )
      .finally(() => setBusy(false))
  }
  return (
    <section className="card next-step" aria-label="Next step">
      {steps.length > 0 && (
        <div className="step-buttons">
          {steps.map(step => (
            <button
              key={step.to}
              type="button"
              className={step.isGrave ? 'button button-grave' : 'button button-primary'}
              disabled={isBusy}
              onClick={() => (step.isGrave ? setAsked(step) : take(step, ''))}
            >
              {step.isGrave ? `${step.label}…` : step.label}
            </button>
          ))}
        </div>
      )}
      <p className="hint">
        {turnText(application)} Roles are a choice of this device, to try things out: they keep nobody from
        anything.
      </p>
      {error !== undefined && <Failure title="The step was not taken" error={error} />}
      {asked && (
        <RemarkDialog
          step={asked}
          onSubmit={remark => take(asked, remark)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </section>
  )
}

function turnText({ state }: Application): string {
  const turn = roleInTurn(state)
  if (turn === undefined) return state === 'mailed' ? 'It is done.' : 'It ends here.'
  return `It is the ${ROLE_LABELS[turn].toLowerCase()}’s turn.`
}
