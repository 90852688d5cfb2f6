import { toBase32 } from '../primitives/bytes.js'

/**
 * What the state of a database is made of: all records under it. Names are random ids, which say nothing of the
 * content (L8) and have no order in time.
 */
export const STATE_PREFIX = 'state/'
const COMMIT_PREFIX = 'state/commit/'
export const SNAPSHOT_PREFIX = 'state/snapshot/'

/**
 * Where the records of one database lie among those of the others in its storage: the records of a fork have its nonce
 * as a step of their keys.
 */
export class StateKeys {
  readonly commitPrefix: string
  readonly snapshotPrefix: string

  constructor(forkNonce: Uint8Array | undefined) {
    const step = forkNonce === undefined ? '' : `${toBase32(forkNonce)}/`
    this.commitPrefix = COMMIT_PREFIX + step
    this.snapshotPrefix = SNAPSHOT_PREFIX + step
  }

  isOwn(key: string): boolean {
    return this.isCommit(key) || this.isSnapshot(key)
  }

  isCommit(key: string): boolean {
    return isRightUnder(this.commitPrefix, key)
  }

  isSnapshot(key: string): boolean {
    return isRightUnder(this.snapshotPrefix, key)
  }
}

function isRightUnder(prefix: string, key: string): boolean {
  return key.startsWith(prefix) && !key.includes('/', prefix.length)
}
