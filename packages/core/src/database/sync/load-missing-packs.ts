import { FirekeepError, hasErrorCode, toFirekeepError } from '../../errors.js'
import { prefetchPacks } from '../../sync/snapshot/prefetch-packs.js'
import type { Engine } from '../engine.js'

/**
 * Stores the packs that the state names and that lie on the remotes of the database only: who shares its storage does
 * not read there. `REMOTE_UNAVAILABLE` where they cannot be had, `QUOTA_EXCEEDED` without room.
 */
export async function loadMissingPacks(engine: Engine): Promise<void> {
  const { ledger } = await engine.open()
  const source = engine.attachments.packSource(await engine.mustGetStore())
  for (let lacking: unknown; ; ) {
    // Another tab may have dropped packs that are known here.
    await ledger.refresh()
    try {
      return await prefetchPacks({ ledger, source })
    } catch (cause) {
      if (!hasErrorCode(cause, 'BLOCK_MISSING')) throw cause
      const { pack } = toFirekeepError(cause).details
      // What lacks on a newer view is another one, or there is none.
      if (pack === lacking) throw unavailable(pack, cause)
      lacking = pack
    }
  }
}

function unavailable(pack: unknown, cause: unknown): FirekeepError {
  return new FirekeepError(
    'REMOTE_UNAVAILABLE',
    'a part of the database is not on this device, and no remote that is attached has it: attach the remote and try again',
    { cause, details: { pack } },
  )
}
