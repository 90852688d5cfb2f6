import type { Database } from '@firekeep/core'
import { useFirekeep, useLink } from '@firekeep/react'
import type { RoomDocument } from '../data/room-document.js'
import { usePageTitle } from '../device/use-page-title.js'
import { useRoomLink } from '../rooms/use-room-link.js'
import { usePermission } from '../sync/use-permission.js'
import { RoomOpening } from './room-opening.js'
import { type RoomPageProps, RoomView } from './room-view.js'

/** A room: its own database, and everything that happens in it. Key it by the room. */
export function RoomPage(props: RoomPageProps) {
  const found = useRoomLink(props.room)
  usePageTitle(props.room.title)
  if (found === 'coming') return <RoomOpening room={props.room} />
  if (found === 'none') return <RoomHere {...props} />
  return <RoomOfLink {...props} link={found.link} />
}

/** A room that is on this device alone. */
function RoomHere(props: RoomPageProps) {
  const database = useFirekeep<RoomDocument>(props.room.database)
  return <RoomView {...props} database={database} permission="write" />
}

/** A room that others may be in. */
function RoomOfLink({ link, ...props }: RoomPageProps & { readonly link: string }) {
  const { database, error } = useLink<RoomDocument>(link, { name: props.room.database })
  if (database === undefined) return <RoomOpening room={props.room} error={error} />
  return <RoomShared {...props} database={database} />
}

function RoomShared(props: RoomPageProps & { readonly database: Database<RoomDocument> }) {
  return <RoomView {...props} permission={usePermission(props.database)} />
}
