import type { HistoryCommit } from '@firekeep/core'
import { useEffect, useState } from 'react'
import { useOffice } from '../data/office-hooks.js'

/** As many moments stand on the slider: more could not be told apart by hand. */
export const MOST_COMMITS = 500

/** The newest commits of the office, oldest first, as they were when it was asked for: a slider must not move by itself. */
export function useCommits() {
  const database = useOffice()
  const [commits, setCommits] = useState<readonly HistoryCommit[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    database
      .history(undefined, { limit: MOST_COMMITS, signal })
      .toArray()
      .then(
        found => signal.aborted || setCommits(found.reverse()),
        reason => signal.aborted || setError(reason),
      )
    return () => abort.abort()
  }, [database])
  return { commits, error }
}
