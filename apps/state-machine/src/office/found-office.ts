import { type Database, firekeep } from '@firekeep/core'
import { OFFICE, type OfficeDocument, personId } from '../data/office-document.js'
import { randomId } from '../data/random-id.js'
import type { WholeInvitation } from '../device/invitations.js'
import { type ChosenOffice, chooseOffice } from '../device/office-choice.js'
import { syncServer } from '../device/sync-server.js'

const PREFIX = 'firekeep-licences-'
const ID_LENGTH = 32

/** Founds an office of one's own and shows it. */
export async function foundOffice(officeName: string, personName: string): Promise<void> {
  const { url } = await syncServer.find()
  const name = PREFIX + randomId()
  const database = firekeep<OfficeDocument>(name)
  try {
    await database.put({ _id: OFFICE, type: 'office', name: officeName, at: Date.now() })
    await introduce(database, personName)
  } finally {
    await database.close()
  }
  chooseOffice({ name, server: url })
}

/** Opens the office that an invitation leads to, and shows it. What was done there comes when it is connected. */
export async function joinOffice({ link, info }: WholeInvitation, personName: string): Promise<void> {
  const { openLink } = await import('@firekeep/core/share')
  const wanted = PREFIX + info.database.slice(0, ID_LENGTH)
  const database = await openLink<OfficeDocument>(link, { name: wanted, attach: false })
  const office: ChosenOffice = { name: database.name, server: info.server }
  try {
    if (info.permission === 'write') await introduce(database, personName)
  } finally {
    await database.close()
  }
  chooseOffice(office)
}

/** Tells the others what whoever writes on this device is called. */
export async function introduce(database: Database<OfficeDocument>, name: string): Promise<void> {
  const { author } = await database.identity()
  if (author === undefined) return
  await database.put({ _id: personId(author), type: 'person', name, at: Date.now() })
}
