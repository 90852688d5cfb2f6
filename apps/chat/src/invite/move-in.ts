import { type Database, httpRemote } from '@firekeep/core'
import { nameOfLinkedUser } from '../data/user-database.js'
import { HOME_SERVER, type UserDocument } from '../data/user-document.js'
import { homeChoice } from '../device/home-choice.js'
import { invitations, type WholeInvitation } from '../device/invitations.js'
import { personChoice } from '../device/person-choice.js'
import { hashOf } from '../device/route.js'

/**
 * Makes this device one of the user's whose link it is: opens the user database of the link, waits until it is here,
 * and shows it from then on. The user database that was shown before stays on the device.
 *
 * Rejects with `REMOTE_UNAVAILABLE` while the server cannot be reached; nothing is changed then.
 */
export async function moveIn({ link, info }: WholeInvitation): Promise<void> {
  const { openLink } = await import('@firekeep/core/share')
  const options = { name: nameOfLinkedUser(info.database), attach: false }
  const database = await openLink<UserDocument>(link, options)
  try {
    await database.attach(httpRemote(info.server)).synced()
    if (!(await database.has(HOME_SERVER)))
      await database.put({ _id: HOME_SERVER, type: 'server', url: info.server })
    await choosePerson(database, info.title)
    // Answered, before those who are shown next could be asked again.
    invitations.end()
    showHome(database.name)
  } finally {
    await database.close()
  }
}

/** Shows another user database of this device. */
export function showHome(name: string): void {
  // The rooms that the address may name are those of the former one.
  location.hash = hashOf(undefined)
  homeChoice.choose(name)
}

async function choosePerson(database: Database<UserDocument>, name: string | undefined): Promise<void> {
  const { docs } = await database.query(['type', 'addedAt'], { prefix: ['person'] })
  const person = docs.find(doc => doc.type === 'person' && doc.name === name)
  if (person !== undefined) personChoice.choose(person._id)
}
