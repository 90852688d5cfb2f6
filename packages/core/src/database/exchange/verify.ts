import { verifyHistory } from '../../audit/verify-history.js'
import type { VerifyReport } from '../../audit/verify-report.js'
import { foldView } from '../../compact/fold-view.js'
import type { LedgerStore } from '../../ledger/ledger.js'
import { platformPace } from '../../primitives/platform-pace.js'
import { TimeSlice } from '../../primitives/time-slice.js'
import { View } from '../../state/view.js'
import type { Engine } from '../engine.js'
import { openFilePacks } from '../files/open-file-packs.js'
import { verifyFiles } from '../files/verify-files.js'

export interface VerifyRequest {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Checks everything that is stored, also where it is so damaged that it cannot be opened. */
export async function verify(engine: Engine, request: VerifyRequest): Promise<VerifyReport> {
  const { store, view, close } = await openForAudit(engine)
  if (store === undefined)
    return { isSound: true, clock: [], commits: 0, documents: 0, files: 0, pruned: 0, findings: [] }
  const slice = new TimeSlice(platformPace)
  try {
    return await verifyHistory({
      ...request,
      store,
      packSource: engine.attachments.packSource(store),
      fold: (view, blocks) =>
        foldView(view, { blocks, erased: new Set(), slice, onDocument: () => undefined }),
      known: [...view.commits.values()].map(({ node }) => node),
      verifyFiles: async (findings, placeOf) =>
        verifyFiles(await openFilePacks(store, engine.environment), findings, placeOf, request.signal),
      pace: platformPace,
    })
  } finally {
    await close()
  }
}

interface Audited {
  readonly store: LedgerStore | undefined
  readonly view: View
  readonly close: () => Promise<void>
}

async function openForAudit(engine: Engine): Promise<Audited> {
  try {
    const view = await engine.view()
    const { ledger } = await engine.open()
    return { store: ledger.store, view, close: async () => undefined }
  } catch (error) {
    const damaged = await engine.openDamaged(error)
    return { ...damaged, view: View.empty }
  }
}
