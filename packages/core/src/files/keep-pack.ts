import type { PackInfo } from '../packs/pack-info.js'
import type { Progress } from '../primitives/progress.js'

export interface KeepPackOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with bytes of the pack. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Fetches a file pack from a remote and stores it, in the place of what is here under its name. Rejects with `FILE_UNAVAILABLE`
 * where no remote has it, with `REMOTE_UNAVAILABLE` where that is not known, with `CORRUPT` where it is damaged there.
 */
export type KeepPack = (info: PackInfo, options: KeepPackOptions) => Promise<void>
