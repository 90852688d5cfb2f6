import { openDefaultSpace } from '../storage/default-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import type { ParsedOptions } from './options.js'

/** Where a database is to be opened. */
export interface Place {
  /** Equal for equal places. */
  readonly id: string
  readonly kind: string
  /** Whether the user, or the platform, chose a kind and no particular space. */
  readonly isChosenByKind: boolean
  readonly open: () => Promise<StorageSpace>
}

export function resolvePlace({ storage, dir }: Pick<ParsedOptions, 'storage' | 'dir'>): Place {
  if (typeof storage === 'object') {
    return { id: storage.id, kind: storage.kind, isChosenByKind: false, open: async () => storage }
  }
  const kind = storage ?? (dir === undefined ? 'default' : 'files')
  return {
    id: `${kind}:${dir ?? ''}`,
    kind,
    isChosenByKind: dir === undefined,
    open: async () => openDefaultSpace({ storage, dir }),
  }
}
