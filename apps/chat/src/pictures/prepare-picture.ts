import type { PictureFile } from '../data/composition.js'
import { drawSmaller } from './draw-smaller.js'
import {
  LARGEST_ANIMATION,
  LARGEST_KEPT,
  LARGEST_TAKEN,
  LONGEST_KEPT_SIDE,
  megabytes,
} from './picture-limits.js'
import { PictureRefusal } from './picture-refusal.js'

export interface PreparedPicture extends PictureFile {
  /** It is a smaller copy: without the camera's notes, the place among them, and without an animation. */
  readonly isSmaller: boolean
}

/** What every browser shows; anything else that this one can read is sent as a copy. */
const SHOWN_EVERYWHERE = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']
const ANIMATED = 'image/gif'

/**
 * A file as it is stored and sent. A small picture is sent byte for byte, with all that its camera wrote into it. A large
 * one is drawn anew in fewer pixels, which keeps only what one sees; the user is told so before sending.
 *
 * Refuses with {@link PictureRefusal} what is too large or no picture.
 */
export async function preparePicture(file: File): Promise<PreparedPicture> {
  if (file.type !== '' && !file.type.startsWith('image/')) throw noPicture(file)
  if (file.size > LARGEST_TAKEN) throw tooLarge(file, LARGEST_TAKEN, 'a picture')
  if (file.type === ANIMATED && file.size > LARGEST_ANIMATION) {
    throw tooLarge(file, LARGEST_ANIMATION, 'an animation')
  }
  const bitmap = await decode(file)
  try {
    const { width, height } = bitmap
    if (isKept(file, bitmap)) return { file, width, height, isSmaller: false }
    return { ...(await drawSmaller(bitmap, file)), isSmaller: true }
  } finally {
    bitmap.close()
  }
}

function isKept({ type, size }: File, { width, height }: ImageBitmap): boolean {
  if (type === ANIMATED) return true
  const isSmall = size <= LARGEST_KEPT && Math.max(width, height) <= LONGEST_KEPT_SIDE
  return isSmall && SHOWN_EVERYWHERE.includes(type)
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file)
  } catch (cause) {
    throw noPicture(file, cause)
  }
}

function noPicture({ name }: File, cause?: unknown): PictureRefusal {
  return new PictureRefusal(`“${name}” is not a picture that this browser can read.`, { cause })
}

function tooLarge({ name }: File, limit: number, what: string): PictureRefusal {
  return new PictureRefusal(`“${name}” is too large: ${what} may have up to ${megabytes(limit)}.`)
}
