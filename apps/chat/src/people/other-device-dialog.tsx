import type { Database } from '@firekeep/core'
import { useFirekeep } from '@firekeep/react'
import { useCallback } from 'react'
import { linkAllRooms } from '../data/room-link.js'
import { HOME_SERVER, type UserDocument } from '../data/user-document.js'
import { JOIN_PAGE } from '../device/join-page.js'
import { LinkCard } from '../invite/link-card.js'
import { useShownLink } from '../invite/use-shown-link.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'

export interface OtherDeviceDialogProps {
  /** Who writes on the other device, to begin with. */
  readonly name: string
  readonly server: string
  readonly onClose: () => void
}

/** Lets the user go on with everything on another device, by a link to the user database. */
export function OtherDeviceDialog({ name, server, onClose }: OtherDeviceDialogProps) {
  const database = useFirekeep<UserDocument>()
  const makeLink = useCallback(() => makeDeviceLink(database, name, server), [database, name, server])
  const { shown, error } = useShownLink(makeLink)
  return (
    <Dialog title="Use on another device" onClose={onClose}>
      <p>
        Open this link there, or point its camera at the code: all people and rooms are there then, and stay
        the same on both. <strong>Whoever has this link is you:</strong> keep it to yourself.
      </p>
      {error === undefined ? (
        <LinkCard shown={shown} label="QR code for another device of yours" onClose={onClose} />
      ) : (
        <Failure title="The link cannot be made" error={error} />
      )}
    </Dialog>
  )
}

async function makeDeviceLink(database: Database<UserDocument>, name: string, url: string): Promise<string> {
  const { shareLink } = await import('@firekeep/core/share')
  // Rooms that are on this device alone could not be opened there.
  await linkAllRooms(database, url)
  if (!(await database.has(HOME_SERVER))) await database.put({ _id: HOME_SERVER, type: 'server', url })
  return shareLink(database, { url, permission: 'write', title: name, page: JOIN_PAGE.device })
}
