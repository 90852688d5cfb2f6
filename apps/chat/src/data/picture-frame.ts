import type { Picture } from './room-document.js'

/** The place a picture takes in a message. */
export interface PictureFrame {
  /** In CSS pixels; less where there is no room. */
  readonly width: number
  /** Width by height. */
  readonly ratio: number
  /** It fits in its frame as it is, and is not blown up. */
  readonly isSmall: boolean
}

const LARGEST_WIDTH = 352
const LARGEST_HEIGHT = 320
/** What a word about it and a button need. */
const LEAST_WIDTH = 160
const LEAST_HEIGHT = 128
const NARROWEST = 0.5
const WIDEST = 2.5

/**
 * The place of a picture, known before it is loaded, so that nothing jumps. What a message says of its picture comes from
 * somebody else: whatever it is, the frame is one that fits in a conversation.
 */
export function pictureFrame({ width, height }: Pick<Picture, 'width' | 'height'>): PictureFrame {
  const isKnown = isLength(width) && isLength(height)
  const ratio = isKnown ? clamp(width / height, NARROWEST, WIDEST) : 1
  const whole = isKnown ? width : LARGEST_WIDTH
  const fitting = Math.round(clamp(Math.min(whole, LARGEST_HEIGHT * ratio), LEAST_WIDTH, LARGEST_WIDTH))
  const high = Math.max(fitting / ratio, LEAST_HEIGHT)
  return { width: fitting, ratio: fitting / high, isSmall: isKnown && width <= fitting && height <= high }
}

function isLength(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
