import type { PictureFile } from '../data/composition.js'
import { scaledSize } from '../data/scaled-size.js'
import { LONGEST_SIDE } from './picture-limits.js'
import { PictureRefusal } from './picture-refusal.js'

/** Where nothing shows of it, and files are a fraction. */
const QUALITY = 0.85
const ENDINGS: Readonly<Record<string, string>> = { 'image/webp': 'webp', 'image/jpeg': 'jpg' }

/** A copy of a picture with no side longer than {@link LONGEST_SIDE}, turned as it is looked at. */
export async function drawSmaller(bitmap: ImageBitmap, { name, lastModified }: File): Promise<PictureFile> {
  const { width, height } = scaledSize(bitmap, LONGEST_SIDE)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (!context) throw new PictureRefusal(`“${name}” cannot be made smaller here, as memory is short.`)
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, width, height)
  let blob = await encode(canvas, 'image/webp')
  if (blob?.type !== 'image/webp') {
    // Safari writes no WebP. JPEG knows no transparency, which would come out black.
    context.globalCompositeOperation = 'destination-over'
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
    blob = await encode(canvas, 'image/jpeg')
  }
  if (!blob) throw new PictureRefusal(`“${name}” cannot be made smaller here, as memory is short.`)
  const file = new File([blob], withEnding(name, blob.type), { type: blob.type, lastModified })
  return { file, width, height }
}

function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob | null> {
  return new Promise(resolve => canvas.toBlob(resolve, type, QUALITY))
}

function withEnding(name: string, type: string): string {
  return `${name.replace(/\.[^.]*$/, '') || 'picture'}.${ENDINGS[type] ?? 'png'}`
}
