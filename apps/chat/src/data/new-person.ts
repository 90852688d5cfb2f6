import { randomId } from './random-id.js'
import type { Person } from './user-document.js'

/** Somebody new on this device. */
export function newPerson(name: string): Person & { _id: string } {
  return { _id: `person:${randomId()}`, type: 'person', name, addedAt: Date.now() }
}
