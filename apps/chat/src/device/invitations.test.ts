import { firekeep } from '@firekeep/core'
import { parseLink, shareLink } from '@firekeep/core/share'
import { expect, test } from 'vitest'
import { readInvitation } from './invitations.js'

const URL_OF_CHAT = 'https://chat.example/?join=room'

async function roomLink(): Promise<string> {
  const db = firekeep('room', { storage: 'memory' })
  const link = await shareLink(db, {
    url: 'https://sync.example',
    permission: 'read',
    page: URL_OF_CHAT,
    title: 'Hearth',
  })
  await db.close()
  return link
}

test('an invitation tells its kind and what may be shown of it', async () => {
  expect(readInvitation(await roomLink(), parseLink)).toMatchObject({
    kind: 'room',
    info: { title: 'Hearth', permission: 'read', server: 'https://sync.example' },
  })
})

test('one that was cut off is damaged, one of a later version is newer', async () => {
  expect(readInvitation((await roomLink()).slice(0, -2), parseLink)).toEqual({
    kind: 'damaged',
    isNewer: false,
  })
  expect(readInvitation(`${URL_OF_CHAT}#fk2.abc`, parseLink)).toEqual({ kind: 'damaged', isNewer: true })
})
