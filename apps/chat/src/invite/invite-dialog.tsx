import type { Database } from '@firekeep/core'
import { useCallback, useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'
import { JOIN_PAGE } from '../device/join-page.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { LinkCard } from './link-card.js'
import { useShownLink } from './use-shown-link.js'

type Permission = 'read' | 'write'

export interface InviteDialogProps {
  readonly title: string
  /** The link that the room was opened with: it says where the room is kept. */
  readonly link: string
  /** What one may do oneself; nobody can give more. */
  readonly permission: Permission
  readonly database: Database<RoomDocument>
  readonly onClose: () => void
}

const CHOICES = [
  { permission: 'write', label: 'Can write' },
  { permission: 'read', label: 'Read only' },
] as const

/** Lets somebody into a room, by a link. */
export function InviteDialog({ title, link, permission: own, database, onClose }: InviteDialogProps) {
  const [permission, setPermission] = useState<Permission>(own)
  const makeLink = useCallback(
    () => makeInvitation(database, { title, link, permission }),
    [database, title, link, permission],
  )
  const { shown, error } = useShownLink(makeLink)
  return (
    <Dialog title={`Invite to “${title}”`} onClose={onClose}>
      {own === 'write' && (
        <fieldset className="choice">
          <legend className="visually-hidden">What the link lets one do</legend>
          {CHOICES.map(each => (
            <label key={each.permission}>
              <input
                type="radio"
                name="permission"
                checked={permission === each.permission}
                onChange={() => setPermission(each.permission)}
              />
              <span>{each.label}</span>
            </label>
          ))}
        </fieldset>
      )}
      <p>
        {permission === 'write'
          ? 'Whoever has this link can read everything in the room, write in it and invite others. It cannot be taken back.'
          : 'Whoever has this link can read everything in the room, also what is still to come. It cannot be taken back.'}
      </p>
      {error === undefined ? (
        <LinkCard shown={shown} label={`QR code of the invitation to ${title}`} onClose={onClose} />
      ) : (
        <Failure title="The link cannot be made" error={error} />
      )}
    </Dialog>
  )
}

interface InvitationParts {
  readonly title: string
  readonly link: string
  readonly permission: Permission
}

async function makeInvitation(
  database: Database<RoomDocument>,
  { title, link, permission }: InvitationParts,
): Promise<string> {
  const { parseLink, shareLink } = await import('@firekeep/core/share')
  const url = parseLink(link)?.server ?? ''
  return shareLink(database, { url, permission, title, page: JOIN_PAGE.room })
}
