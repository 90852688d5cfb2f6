import type { Application, ApplicationFacts } from './application.js'
import { randomId } from './random-id.js'

export const NO_FACTS: ApplicationFacts = { name: '', born: '', address: '', licence: 'B' }

/** What is missing before an application can be opened, in words; `undefined` where nothing is. */
export function missingFact({ name, born, address }: ApplicationFacts, today: string): string | undefined {
  if (name.trim() === '') return 'The name is missing.'
  if (!/^\d{4}-\d{2}-\d{2}$/.test(born)) return 'The day of birth is missing.'
  if (born > today) return 'The day of birth is yet to come.'
  if (address.trim() === '') return 'The address is missing.'
  return undefined
}

/** A draft, not stored yet. */
export function newApplication(facts: ApplicationFacts, at: number): Application & { _id: string } {
  return {
    _id: `application:${randomId()}`,
    type: 'application',
    state: 'draft',
    at,
    role: 'applicant',
    ...trimmed(facts),
  }
}

/** The facts without blanks around them. */
export function trimmed({ name, born, address, licence }: ApplicationFacts): ApplicationFacts {
  return { name: name.trim(), born, address: address.trim(), licence }
}

/** What an application is called among people: the end of its id, in two groups. */
export function numberOf(id: string): string {
  const end = id.slice(-6).toUpperCase()
  return `${end.slice(0, 3)}-${end.slice(3)}`
}
