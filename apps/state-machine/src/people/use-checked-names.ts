import { useEffect, useState } from 'react'
import { useOffice, useOfficeQuery } from '../data/office-hooks.js'
import { checkedNames } from './checked-names.js'

const NONE: ReadonlyMap<string, string> = new Map()

/** The names of everybody in the office, by public key. */
export function useCheckedNames(): ReadonlyMap<string, string> {
  const database = useOffice()
  const { docs } = useOfficeQuery(['type', 'at'], { prefix: ['person'] })
  const [names, setNames] = useState(NONE)
  useEffect(() => {
    let isCurrent = true
    const people = docs.filter(doc => doc.type === 'person')
    const show = (found: ReadonlyMap<string, string>) => isCurrent && setNames(found)
    // Without names the keys are shown.
    checkedNames(database, people).then(show, () => show(NONE))
    return () => {
      isCurrent = false
    }
  }, [database, docs])
  return names
}
