import type { Database } from '@firekeep/core'
import { useCallback } from 'react'
import type { OfficeDocument } from '../data/office-document.js'
import { useOffice } from '../data/office-hooks.js'
import { LinkCard } from '../invite/link-card.js'
import { useShownLink } from '../invite/use-shown-link.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'

export interface InviteDialogProps {
  readonly title: string
  readonly server: string
  readonly onClose: () => void
}

/** Lets somebody into the office, by a link. */
export function InviteDialog({ title, server, onClose }: InviteDialogProps) {
  const database = useOffice()
  const makeLink = useCallback(() => makeOfficeLink(database, title, server), [database, title, server])
  const { shown, error } = useShownLink(makeLink)
  return (
    <Dialog title={`Invite to “${title}”`} onClose={onClose}>
      <p>
        Whoever has this link can read and write everything in this office, and invite others. It cannot be
        taken back.
      </p>
      {error === undefined ? (
        <LinkCard shown={shown} label={`QR code of the invitation to ${title}`} onClose={onClose} />
      ) : (
        <Failure title="The link cannot be made" error={error} />
      )}
    </Dialog>
  )
}

/** A link to the office that lets one write. */
export async function makeOfficeLink(
  database: Database<OfficeDocument>,
  title: string,
  server: string,
): Promise<string> {
  const { shareLink } = await import('@firekeep/core/share')
  return shareLink(database, { url: server, permission: 'write', title })
}
