import { createCanvas, loadImage } from '@napi-rs/canvas'
import { drawPdfPage } from './draw-pdf-page.mjs'

/** As long as the longer side gets, in pixels: twice what is shown, for sharp screens. */
const SIDE = 320
const QUALITY = 80

/**
 * A small picture of a picture, or of the first page of a PDF.
 *
 * @param {Blob} file
 * @param {AbortSignal} signal
 * @returns {Promise<File>}
 */
export async function makeThumbnail(file, signal) {
  const bytes = new Uint8Array(await file.arrayBuffer())
  signal.throwIfAborted()
  const canvas =
    file.type === 'application/pdf' ? await drawPdfPage(bytes, SIDE, signal) : await drawPicture(bytes)
  const encoded = new Uint8Array(await canvas.encode('webp', QUALITY))
  return new File([encoded], 'thumbnail.webp', { type: 'image/webp' })
}

/** @param {Uint8Array} bytes */
async function drawPicture(bytes) {
  const image = await loadImage(bytes)
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height))
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  const canvas = createCanvas(width, height)
  canvas.getContext('2d').drawImage(image, 0, 0, width, height)
  return canvas
}
