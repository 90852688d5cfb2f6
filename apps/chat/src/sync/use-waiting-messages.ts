import type { Database } from '@firekeep/core'
import { useSyncStatus } from '@firekeep/react'
import { useEffect, useState } from 'react'
import type { RoomDocument } from '../data/room-document.js'
import { findWaitingMessages } from './waiting-messages.js'

const NONE: ReadonlySet<string> = new Set()

/** The ids of an author's messages in a room that are on this device alone. */
export function useWaitingMessages(database: Database<RoomDocument>, author: string): ReadonlySet<string> {
  const sync = useSyncStatus(database)
  const [waiting, setWaiting] = useState(NONE)
  const acked = sync.state === 'local' ? '' : sync.acked.join()
  // Before it is known what the server has, nothing is said.
  const isKnown = acked !== '' || (sync.state !== 'local' && sync.pending > 0)
  useEffect(() => {
    if (!isKnown) return
    const since = acked === '' ? [] : acked.split(',')
    let last = 0
    const look = () => {
      last += 1
      const turn = last
      const show = (found: ReadonlySet<string>) => turn === last && setWaiting(former => same(former, found))
      // Without an answer nothing is marked.
      findWaitingMessages(database, since, author).then(show, () => show(NONE))
    }
    look()
    const stop = database.subscribe(look)
    return () => {
      last += 1
      stop()
    }
  }, [database, isKnown, acked, author])
  return isKnown ? waiting : NONE
}

/** The former set, where it has the same ids, so that nothing is drawn anew. */
function same(former: ReadonlySet<string>, found: ReadonlySet<string>): ReadonlySet<string> {
  const isSame = former.size === found.size && [...found].every(id => former.has(id))
  return isSame ? former : found
}
