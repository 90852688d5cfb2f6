import type { Database } from '@firekeep/core'
import { useEffect, useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'

type Permission = 'read' | 'write'

/** What one may do in a room that was opened by a link; `undefined` until it is known. */
export function usePermission(database: Database<RoomDocument>): Permission | undefined {
  const [permission, setPermission] = useState<Permission>()
  useEffect(() => {
    let isCurrent = true
    const show = (given: Permission) => isCurrent && setPermission(given)
    // Where it cannot be told, writing tells.
    database.identity().then(
      identity => show(identity.permission),
      () => show('write'),
    )
    return () => {
      isCurrent = false
    }
  }, [database])
  return permission
}
