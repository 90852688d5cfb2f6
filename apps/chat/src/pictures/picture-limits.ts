const KIBIBYTE = 1_024
const MEBIBYTE = KIBIBYTE * KIBIBYTE

/** How many pictures a message holds. */
export const MOST_PICTURES = 6

/** A larger file is not even looked at: it would be unpacked in memory. */
export const LARGEST_TAKEN = 50 * MEBIBYTE

/** A larger picture is made smaller before it is stored. */
export const LARGEST_KEPT = 512 * KIBIBYTE

/** An animation cannot be made smaller here, as a canvas knows only its first frame. */
export const LARGEST_ANIMATION = 8 * MEBIBYTE

/** The longer side of what is made smaller, in pixels: sharp on a large screen. */
export const LONGEST_SIDE = 2_048

/** A picture with more pixels than that is made smaller, however few bytes it has: each of its viewers unpacks it. */
export const LONGEST_KEPT_SIDE = 4_096

/** In whole mebibytes, as people say it. */
export function megabytes(bytes: number): string {
  return `${Math.floor(bytes / MEBIBYTE)} MB`
}
