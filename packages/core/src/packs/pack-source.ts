/**
 * Where packs are read that the storage does not have: a remote.
 *
 * Guarantee: none of the bytes; they are checked by the seal and by the hashes of blocks, as stored ones are (L7).
 * Answers `undefined` where there is no such pack, fewer bytes where it ends sooner, and rejects where nobody can tell:
 * readers then fail with `REMOTE_UNAVAILABLE`, so that a pack that is out of reach is never taken for one that is gone.
 */
export interface PackSource {
  getRange(
    name: string,
    offset: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined>
}
