import { useOfficeQuery } from '../data/office-hooks.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { useMoment } from '../time/use-moment.js'

/** The newest applications of the moment that is shown, newest first. */
export function useApplications(limit: number) {
  const asOf = useMoment()
  const options = { prefix: ['application'], descending: true, limit, asOf } as const
  const { docs, hydrated, error } = useLastHydrated(useOfficeQuery(['type', 'at'], options))
  return { applications: docs.filter(doc => doc.type === 'application'), hydrated, error }
}
