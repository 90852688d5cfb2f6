import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { createCanvas } from '@napi-rs/canvas'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

const FONTS =
  join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'standard_fonts') + sep

/** Errors only: what PDFs of strangers lack is their affair. */
const QUIET = 0

/**
 * Draws the first page of a PDF on white, its longer side `side` pixels. The file is a stranger's: nothing in it is run, and
 * nothing it names is fetched.
 *
 * @param {Uint8Array} data
 * @param {number} side
 * @param {AbortSignal} signal
 */
export async function drawPdfPage(data, side, signal) {
  const task = getDocument({
    data,
    isEvalSupported: false,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
    standardFontDataUrl: FONTS,
    verbosity: QUIET,
  })
  const stop = () => void task.destroy()
  signal.addEventListener('abort', stop)
  try {
    const page = await (await task.promise).getPage(1)
    const { width, height } = page.getViewport({ scale: 1 })
    const viewport = page.getViewport({ scale: side / Math.max(width, height) })
    const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height))
    // The canvas of Node does what pdf.js asks of a browser's.
    const drawn = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (canvas))
    await page.render({ canvas: drawn, viewport, background: 'white' }).promise
    return canvas
  } finally {
    signal.removeEventListener('abort', stop)
    await task.destroy()
  }
}
