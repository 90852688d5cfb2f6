import { useUserQuery } from '../data/user-hooks.js'

/** Everybody who writes from this device, in the order they came. */
export function usePeople() {
  const { docs, hydrated, error } = useUserQuery(['type', 'addedAt'], { prefix: ['person'] })
  return { people: docs.filter(doc => doc.type === 'person'), hydrated, error }
}
