import { useUserQuery } from '../data/user-hooks.js'

/** The rooms this device knows, in the order they were made. */
export function useRooms() {
  const { docs, hydrated, error } = useUserQuery(['type', 'addedAt'], { prefix: ['room'] })
  return { rooms: docs.filter(doc => doc.type === 'room'), hydrated, error }
}
