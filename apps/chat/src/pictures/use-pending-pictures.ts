import { useState } from 'react'
import { countText } from '../data/count-text.js'
import { randomId } from '../data/random-id.js'
import type { PendingPicture } from './pending-picture.js'
import { MOST_PICTURES } from './picture-limits.js'
import { preparePictures } from './prepare-pictures.js'

type Change = (former: readonly PendingPicture[]) => readonly PendingPicture[]

/** Adds pictures to those of a message, and takes them away; `problems` says which files were not taken, and why. */
export function usePendingPictures(pictures: readonly PendingPicture[], onChange: (change: Change) => void) {
  const [problems, setProblems] = useState<readonly string[]>([])
  const add = (given: readonly File[]) => {
    const free = Math.max(0, MOST_PICTURES - pictures.length)
    const files = new Map(given.slice(0, free).map(file => [randomId(), file]))
    setProblems(given.length > free ? [leftOut(given.length - free)] : [])
    onChange(former => [...former, ...Array.from(files, ([key, { name }]) => ({ key, name }))])
    void preparePictures(files, {
      onReady: (key, prepared) =>
        onChange(former => former.map(each => (each.key === key ? { ...each, prepared } : each))),
      onRefused: (key, reason) => {
        remove(key)
        setProblems(former => [...former, reason])
      },
    })
  }
  const remove = (key: string) => onChange(former => former.filter(each => each.key !== key))
  const forgetProblems = () => setProblems([])
  return { add, remove, problems, forgetProblems }
}

function leftOut(count: number): string {
  const left = count === 1 ? '1 was' : `${count} were`
  return `A message holds up to ${countText(MOST_PICTURES, 'picture')}; ${left} left out.`
}
