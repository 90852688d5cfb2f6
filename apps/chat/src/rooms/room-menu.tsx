import type { Stored } from '@firekeep/core'
import { useState } from 'react'
import type { Room } from '../data/user-document.js'
import { Icon } from '../ui/icon.js'
import { Menu } from '../ui/menu.js'
import { MenuItem } from '../ui/menu-item.js'
import { RecoveryDialog } from '../ui/recovery-dialog.js'
import { LeaveDialog } from './leave-dialog.js'
import { RoomTitleDialog } from './room-title-dialog.js'

/** What can be done with a room. */
export function RoomMenu({ room }: { readonly room: Stored<Room> }) {
  const [dialog, setDialog] = useState<'rename' | 'recovery' | 'leave'>()
  const close = () => setDialog(undefined)
  return (
    <>
      <Menu
        label={`About “${room.title}”`}
        className="icon-button"
        side="down"
        trigger={<Icon name="more" />}
      >
        <MenuItem label="Rename…" icon="pencil" onSelect={() => setDialog('rename')} />
        <MenuItem label="Recovery string…" icon="key" onSelect={() => setDialog('recovery')} />
        <hr />
        <MenuItem label="Leave room…" icon="leave" isGrave onSelect={() => setDialog('leave')} />
      </Menu>
      {dialog === 'rename' && <RoomTitleDialog roomId={room._id} onClose={close} />}
      {dialog === 'recovery' && (
        <RecoveryDialog subject={`the room “${room.title}”`} database={room.database} onClose={close} />
      )}
      {dialog === 'leave' && <LeaveDialog room={room} onClose={close} />}
    </>
  )
}
