/**
 * Where sealed packs come from: the storage first, a remote second.
 *
 * A pack is named by the SHA-256 of its sealed bytes. Bytes are returned as stored: whoever reads them opens
 * the seal, which is what detects damage.
 */
export interface PackSource {
  /** Bytes of the pack from `offset`, at most `length`; `undefined` where this source does not have the pack. */
  read(pack: string, offset: number, length: number): Promise<Uint8Array | undefined>
}
