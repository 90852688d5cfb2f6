import { StoredChoice } from './stored-choice.js'

/** The office that this device shows: its database here, and the server that it is exchanged through. */
export interface ChosenOffice {
  readonly name: string
  /** Missing while there was none. */
  readonly server?: string | undefined
}

/** As JSON. There is no secret in it: keys are kept by the database. */
export const officeChoice = new StoredChoice('firekeep-licences.office', [() => localStorage])

/** Shows an office from now on. */
export function chooseOffice(office: ChosenOffice): void {
  officeChoice.choose(JSON.stringify(office))
}

/** What was chosen; `undefined` where nothing was, or nothing that can be read. */
export function parseOffice(text: string | undefined): ChosenOffice | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('name' in value)) return undefined
    const server = 'server' in value && typeof value.server === 'string' ? value.server : undefined
    return typeof value.name === 'string' ? { name: value.name, server } : undefined
  } catch {
    return undefined
  }
}
