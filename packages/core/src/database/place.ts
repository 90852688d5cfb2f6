import { bestStorageKind } from '../storage/best-storage-kind.js'
import type { StorageKind, StorageSpace } from '../storage/storage.js'
import type { ParsedOptions } from './options.js'

/** Where a database is to be opened. */
export interface Place {
  /** Equal for equal places. */
  readonly id: string
  readonly kind: StorageKind
  /** Whether the user, or the platform, chose a kind and no particular space. */
  readonly isChosenByKind: boolean
  readonly open: () => Promise<StorageSpace>
}

export function resolvePlace({ storage, dir }: Pick<ParsedOptions, 'storage' | 'dir'>): Place {
  if (typeof storage === 'object') {
    return { id: storage.id, kind: storage.kind, isChosenByKind: false, open: async () => storage }
  }
  const kind = storage ?? (dir === undefined ? bestStorageKind() : 'files')
  return {
    id: `${kind}:${dir ?? ''}`,
    kind,
    isChosenByKind: dir === undefined,
    open: async () =>
      (await import('../storage/default-storage.js')).openDefaultSpace({ storage: kind, dir }),
  }
}
