export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** The size at which a picture has no side longer than that, in whole pixels; never larger than it is. */
export function scaledSize({ width, height }: PictureSize, longest: number): PictureSize {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: scaled(width, scale), height: scaled(height, scale) }
}

function scaled(length: number, scale: number): number {
  return Math.max(1, Math.round(length * scale))
}
