import { useEffect, useState } from 'react'
import type { Person } from '../data/office-document.js'
import { personId } from '../data/office-document.js'
import { useOffice, useOfficeDocument } from '../data/office-hooks.js'

export interface Me {
  /** The public key under which this device signs; `undefined` until it is known, and where one may only read. */
  readonly author: string | undefined
  readonly name: string
}

/** Who writes on this device. */
export function useMe(): Me {
  const database = useOffice()
  const [author, setAuthor] = useState<string>()
  useEffect(() => {
    let isCurrent = true
    const show = (found: string | undefined) => isCurrent && setAuthor(found)
    // Where it cannot be told there is nothing to show; what needs it tells why.
    database.identity().then(
      identity => show(identity.author),
      () => show(undefined),
    )
    return () => {
      isCurrent = false
    }
  }, [database])
  const { doc } = useOfficeDocument<Person>(personId(author ?? ''))
  return { author, name: doc?.name ?? '' }
}
