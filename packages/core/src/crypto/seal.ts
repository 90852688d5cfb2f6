import { assert, FirekeepError } from '../errors.js'
import { bytesToBinary, concatBytes, equalBytes, randomBytes } from '../primitives/bytes.js'
import { LruMap } from '../primitives/lru-map.js'
import { type AesGcmKey, importAesGcmKey, TAG_BYTES } from './aes-gcm.js'
import { createHkdf, type Hkdf } from './hkdf.js'
import { padme } from './padme.js'
import {
  HEADER_BYTES,
  KEY_ID_BYTES,
  PACK_ID_BYTES,
  readSealHeader,
  SALT_BYTES,
  SEAL_VERSION,
  type SealHeader,
  writeSealHeader,
} from './seal-header.js'

/** What is sealed. Bytes of one kind never open as another. */
export type SealKind = keyof typeof CODE_BY_KIND

// Bound into every frame: format, so a code is never given to another kind.
const CODE_BY_KIND = { commits: 1, log: 2, pack: 3, file: 4, record: 5, pointer: 6, export: 7 } as const

/** Plaintext bytes of every frame but the last, which has fewer. */
export const FRAME_BYTES = 64 * 1024
const NONCE_BYTES = 12
/** What sealing adds to the padded contents of a frame. */
export const FRAME_OVERHEAD = NONCE_BYTES + TAG_BYTES
export const SEALED_FRAME_BYTES = FRAME_BYTES + FRAME_OVERHEAD
const CACHED_SUBKEYS = 256
/** The number of a last frame that is opened before it is known how many there are: format. */
const LAST_NUMBER = 2 ** 32 - 1
/** Marks where the padding of the last frame begins; zeros follow. */
const PADDING_MARK = 0x80

export interface SealerOptions {
  readonly contentKey: Uint8Array
  readonly lineage: Uint8Array
  readonly kind: SealKind
  /** The log that it belongs to: for `log` and `pointer`, and only for them. */
  readonly logId?: Uint8Array
  /** For tests; a seal is only as good as its randomness. */
  readonly random?: (length: number) => Uint8Array
}

/**
 * Seals and opens bytes of one kind for one database: AES-256-GCM in frames that are each readable alone, padded,
 * committed to the key (`docs/format.md`).
 *
 * `open` rejects with `WRONG_KEY` when the bytes were sealed under another content key, `UNSUPPORTED_FORMAT` when
 * by a newer version, and `CORRUPT` when any bit differs or a frame is missing, added or moved.
 */
export interface Sealer {
  seal(plaintext: Uint8Array): Promise<Uint8Array>
  open(sealed: Uint8Array): Promise<Uint8Array>
  /**
   * Begins sealed bytes whose frames have the contents that the caller gives, each of any length. Where a frame
   * begins and how long it is has to be known to open it: the caller keeps that.
   */
  startFrames(): FrameWriter
  /**
   * Opens one frame of what {@link Sealer.startFrames} made: the one of this number, counted from 0, or the last.
   * `header` is what the sealed bytes begin with. Rejects as `open` does, also where the frame stood elsewhere.
   */
  openFrame(header: Uint8Array, place: number | 'last', sealed: Uint8Array): Promise<Uint8Array>
  /** As {@link Sealer.seal}, frame by frame: all that are added have 65,536 bytes, the last one fewer. */
  startStream(): FrameWriter
  /** Opens a frame of what {@link Sealer.seal} or {@link Sealer.startStream} made. Rejects as `open` does. */
  openStreamFrame(header: Uint8Array, place: StreamPlace, sealed: Uint8Array): Promise<Uint8Array>
}

/** A frame of sealed bytes that is not opened before it is known whether it is the last. */
export interface StreamPlace {
  readonly number: number
  readonly isLast: boolean
}

/** Seals frames one after the other. The header and the frames, in order, are to be joined. */
export interface FrameWriter {
  readonly header: Uint8Array
  add(content: Uint8Array): Promise<Uint8Array>
  /** The last frame. That of {@link Sealer.startFrames} opens without knowing how many stand before it. */
  end(content: Uint8Array): Promise<Uint8Array>
}

/** A key for AES-GCM and the value in the header that commits to it. */
interface Subkey {
  readonly key: AesGcmKey
  readonly commitment: Uint8Array
}

/** Where a frame stands: bound into it, so that it opens nowhere else. */
interface FramePlace extends StreamPlace {
  readonly packId: Uint8Array
}

/** What a {@link FrameSealer} is made of. */
interface SealerParts {
  /** Kind, lineage and log id as they are bound into each frame. */
  readonly binding: Uint8Array
  readonly random: (length: number) => Uint8Array
  readonly hkdf: Hkdf
  /** The header of what is sealed here, but for the pack id. */
  readonly header: Omit<SealHeader, 'packId'>
  /** The subkey of that header's salt. */
  readonly subkey: Subkey
}

/** A sealer with a salt of its own: its packs share one subkey, which costs one AES-GCM call a small pack. */
export async function createSealer(options: SealerOptions): Promise<Sealer> {
  const { contentKey, lineage, kind, logId, random = randomBytes } = options
  const isBoundToLog = kind === 'log' || kind === 'pointer'
  assert(
    isBoundToLog === (logId !== undefined),
    `a log id is for log packs and pointers, and ${kind} was asked for`,
  )
  const hkdf = await createHkdf(contentKey)
  const keyId = await hkdf.derive('firekeep/1/key-id', KEY_ID_BYTES)
  const salt = random(SALT_BYTES)
  const subkey = await deriveSubkey(hkdf, salt)
  const binding = concatBytes(Uint8Array.of(CODE_BY_KIND[kind]), lineage, logId ?? new Uint8Array(0))
  return new FrameSealer({
    binding,
    random,
    hkdf,
    header: { keyId, salt, commitment: subkey.commitment },
    subkey,
  })
}

class FrameSealer implements Sealer {
  readonly #parts: SealerParts
  readonly #subkeyBySalt = new LruMap<string, Promise<Subkey>>(CACHED_SUBKEYS)

  constructor(parts: SealerParts) {
    this.#parts = parts
  }

  async seal(plaintext: Uint8Array): Promise<Uint8Array> {
    const { header, random } = this.#parts
    const packId = random(PACK_ID_BYTES)
    const last = Math.floor(plaintext.length / FRAME_BYTES)
    const frames: Promise<Uint8Array[]>[] = []
    for (let number = 0; number <= last; number++) {
      const content = plaintext.subarray(number * FRAME_BYTES, (number + 1) * FRAME_BYTES)
      const isLast = number === last
      frames.push(this.#sealFrame({ packId, number, isLast }, isLast ? pad(content) : content))
    }
    return concatBytes(writeSealHeader({ ...header, packId }), ...(await Promise.all(frames)).flat())
  }

  async open(sealed: Uint8Array): Promise<Uint8Array> {
    const header = readSealHeader(sealed)
    const { packId } = header
    const key = await this.#mustGetKey(header)
    const last = Math.ceil((sealed.length - HEADER_BYTES) / SEALED_FRAME_BYTES) - 1
    if (last < 0) throw damaged()
    const frames: Promise<Uint8Array>[] = []
    for (let number = 0; number <= last; number++) {
      const start = HEADER_BYTES + number * SEALED_FRAME_BYTES
      const frame = sealed.subarray(start, start + SEALED_FRAME_BYTES)
      const isLast = number === last
      const content = this.#openFrame(key, { packId, number, isLast }, frame)
      frames.push(isLast ? content.then(unpad) : content)
    }
    return concatBytes(...(await Promise.all(frames)))
  }

  startFrames(): FrameWriter {
    const { header, random } = this.#parts
    const packId = random(PACK_ID_BYTES)
    const sealPadded = async (content: Uint8Array, number: number, isLast: boolean) =>
      concatBytes(...(await this.#sealFrame({ packId, number, isLast }, pad(content))))
    let next = 0
    return {
      header: writeSealHeader({ ...header, packId }),
      add: content => sealPadded(content, next++, false),
      end: content => sealPadded(content, LAST_NUMBER, true),
    }
  }

  async openFrame(header: Uint8Array, place: number | 'last', sealed: Uint8Array): Promise<Uint8Array> {
    const parsed = readSealHeader(header)
    const key = await this.#mustGetKey(parsed)
    const { packId } = parsed
    const isLast = place === 'last'
    return unpad(await this.#openFrame(key, { packId, number: isLast ? LAST_NUMBER : place, isLast }, sealed))
  }

  startStream(): FrameWriter {
    const { header, random } = this.#parts
    const packId = random(PACK_ID_BYTES)
    const seal = async (content: Uint8Array, number: number, isLast: boolean) =>
      concatBytes(...(await this.#sealFrame({ packId, number, isLast }, content)))
    let next = 0
    return {
      header: writeSealHeader({ ...header, packId }),
      add: content => seal(content, next++, false),
      end: content => seal(pad(content), next++, true),
    }
  }

  async openStreamFrame(header: Uint8Array, place: StreamPlace, sealed: Uint8Array): Promise<Uint8Array> {
    const parsed = readSealHeader(header)
    const content = await this.#openFrame(
      await this.#mustGetKey(parsed),
      { packId: parsed.packId, ...place },
      sealed,
    )
    return place.isLast ? unpad(content) : content
  }

  async #sealFrame(place: FramePlace, plaintext: Uint8Array): Promise<Uint8Array[]> {
    const nonce = this.#parts.random(NONCE_BYTES)
    const { key } = this.#parts.subkey
    return [nonce, await key.encrypt(nonce, this.#boundData(place), plaintext)]
  }

  async #openFrame(key: AesGcmKey, place: FramePlace, frame: Uint8Array): Promise<Uint8Array> {
    const nonce = frame.subarray(0, NONCE_BYTES)
    try {
      return await key.decrypt(nonce, this.#boundData(place), frame.subarray(NONCE_BYTES))
    } catch (cause) {
      throw damaged(cause)
    }
  }

  /** What a frame is bound to. */
  #boundData(place: FramePlace): Uint8Array {
    const head = new Uint8Array(6)
    const view = new DataView(head.buffer)
    view.setUint8(0, SEAL_VERSION)
    view.setUint8(1, place.isLast ? 1 : 0)
    view.setUint32(2, place.number)
    return concatBytes(head, place.packId, this.#parts.binding)
  }

  async #mustGetKey({ keyId, salt, commitment }: SealHeader): Promise<AesGcmKey> {
    if (!equalBytes(keyId, this.#parts.header.keyId)) {
      throw new FirekeepError('WRONG_KEY', 'the data is encrypted under another key than this one')
    }
    const subkey = await this.#subkeyOf(salt)
    if (!equalBytes(commitment, subkey.commitment)) throw damaged()
    return subkey.key
  }

  #subkeyOf(salt: Uint8Array): Promise<Subkey> | Subkey {
    const { header, hkdf, subkey: own } = this.#parts
    if (equalBytes(salt, header.salt)) return own
    const name = bytesToBinary(salt)
    const known = this.#subkeyBySalt.get(name)
    if (known !== undefined) return known
    const subkey = deriveSubkey(hkdf, salt)
    this.#subkeyBySalt.set(name, subkey)
    return subkey
  }
}

async function deriveSubkey(hkdf: Hkdf, salt: Uint8Array): Promise<Subkey> {
  const bytes = await hkdf.derive('firekeep/1/seal', 64, salt)
  const key = await importAesGcmKey(bytes.subarray(0, 32))
  return { key, commitment: bytes.slice(32) }
}

function pad(content: Uint8Array): Uint8Array {
  const padded = new Uint8Array(padme(content.length + 1))
  padded.set(content)
  padded[content.length] = PADDING_MARK
  return padded
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.lastIndexOf(PADDING_MARK)
  const rest = padded.subarray(end + 1)
  if (end < 0 || rest.some(byte => byte !== 0)) throw damaged()
  return padded.subarray(0, end)
}

function damaged(cause?: unknown): FirekeepError {
  return new FirekeepError('CORRUPT', 'sealed data is damaged or was moved: its authentication failed', {
    cause,
  })
}
