import { firekeep, listDatabases } from '@firekeep/core'
import { useEffect, useState } from 'react'
import { isUserDatabase } from '../data/user-database.js'
import type { UserDocument } from '../data/user-document.js'
import { showHome } from '../invite/move-in.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'

export interface HomesDialogProps {
  /** The user database that is shown. */
  readonly current: string
  readonly onClose: () => void
}

interface Home {
  readonly name: string
  readonly label: string
}

/** The other user databases of this device, to switch to. */
export function HomesDialog({ current, onClose }: HomesDialogProps) {
  const [homes, setHomes] = useState<readonly Home[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    readHomes(current).then(setHomes, setError)
  }, [current])
  return (
    <Dialog title="Other rooms on this device" onClose={onClose}>
      <p>These people and rooms are kept apart from those you see now. Nothing is lost by switching.</p>
      <ul className="homes">
        {homes?.map(({ name, label }) => (
          <li key={name}>
            <button type="button" className="button" onClick={() => showHome(name)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
      {homes?.length === 0 && <p>There are none.</p>}
      {error !== undefined && <Failure title="They cannot be read" error={error} />}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}

async function readHomes(current: string): Promise<readonly Home[]> {
  const names = await listDatabases()
  const others = names.filter(name => isUserDatabase(name) && name !== current)
  return Promise.all(others.map(async name => ({ name, label: await labelOf(name) })))
}

async function labelOf(name: string): Promise<string> {
  const database = firekeep<UserDocument>(name)
  try {
    const people = await database.query(['type', 'addedAt'], { prefix: ['person'] })
    const rooms = await database.count(['type', 'addedAt'], { prefix: ['room'] })
    const names = people.docs.map(doc => (doc.type === 'person' ? doc.name : ''))
    return `${names.join(', ') || 'Nobody yet'} · ${rooms === 1 ? '1 room' : `${rooms} rooms`}`
  } finally {
    await database.close()
  }
}
