import type { PackSource } from '../../packs/pack-source.js'
import type { RemoteLog } from '../../protocol/remote.js'

/** Reads packs among the blobs of a remote. What is under way ends with the signal. */
export function remotePackSource(log: Pick<RemoteLog, 'getBlob'>, signal?: AbortSignal): PackSource {
  return {
    getRange: (name, offset, length) => log.getBlob(name, { range: { offset, length }, signal }),
  }
}
