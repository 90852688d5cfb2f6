import { readVersions } from '../../history/conflict-versions.js'
import { runTransaction } from '../../ledger/run-transaction.js'
import type { WriteCall } from '../../ledger/write-call.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { View } from '../../state/view.js'
import { withOwnId } from '../call-options.js'
import type { Engine } from '../engine.js'
import type { StoreFiles } from '../files/staged-files.js'
import { toConflictVersion } from './conflict.js'
import type { ConflictVersion } from './conflict-types.js'

/** Chooses what a conflict becomes; `null` deletes. */
export type Resolve = (versions: readonly ConflictVersion<PlainDocument>[]) => unknown

export interface ResolutionParts {
  readonly id: string
  readonly resolve: Resolve
  /** Which versions it is about; `undefined`: those of the view. */
  readonly basedOn: readonly string[] | undefined
  readonly timeLimit: number
  readonly store: StoreFiles
}

/** Lets a function choose what a conflict becomes in a view, and makes the call that writes it. */
export async function decideResolution(
  { writer, environment, files }: Engine,
  view: View,
  { id, resolve, basedOn, timeLimit, store }: ResolutionParts,
): Promise<{ call: WriteCall; result: undefined }> {
  const records = await readVersions(view, id, basedOn)
  const versions = records.map(record => toConflictVersion(id, record, files.copy))
  const { call } = await runTransaction(
    async tx => {
      const made = await resolve(versions)
      if (made === null) tx.del(id)
      else tx.put(withOwnId(made, id))
    },
    { view, writer, files, store, timeLimit, delay: environment.delay },
  )
  return { call: { ...call, basedOn, resolve: true }, result: undefined }
}
