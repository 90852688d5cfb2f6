import { createCanvas, loadImage } from '@napi-rs/canvas'
import { expect, test } from 'vitest'
import { samplePdf } from '../test/sample-pdf.js'
import { makeThumbnail } from './make-thumbnail.mjs'

const NEVER = new AbortController().signal

test('a picture becomes a small one of the same shape', async () => {
  const thumbnail = await makeThumbnail(await picture(800, 400), NEVER)
  expect(thumbnail.type).toBe('image/webp')
  expect(await sizeOf(thumbnail)).toEqual([320, 160])
})

test('a picture that is small stays as large as it is', async () => {
  expect(await sizeOf(await makeThumbnail(await picture(40, 30), NEVER))).toEqual([40, 30])
})

test('of a PDF the first page is drawn, on white', async () => {
  const pdf = new File([samplePdf('Pass')], 'a.pdf', { type: 'application/pdf' })
  const thumbnail = await makeThumbnail(pdf, NEVER)
  expect(await sizeOf(thumbnail)).toEqual([267, 320])
  const [corner, box] = [await pixel(thumbnail, 2, 2), await pixel(thumbnail, 100, 240)]
  expect(Math.min(...corner)).toBeGreaterThan(240)
  expect(box[0]).toBeGreaterThan(box[2] + 60)
})

test('what is no picture and no PDF fails', async () => {
  const file = (type: string) => new File(['not one'], 'a', { type })
  await expect(makeThumbnail(file('image/png'), NEVER)).rejects.toThrow()
  await expect(makeThumbnail(file('application/pdf'), NEVER)).rejects.toThrow()
})

test('what is given up is not drawn', async () => {
  await expect(makeThumbnail(await picture(10, 10), AbortSignal.abort())).rejects.toThrow()
})

async function picture(width: number, height: number): Promise<File> {
  const canvas = createCanvas(width, height)
  canvas.getContext('2d').fillRect(0, 0, width, height)
  return new File([new Uint8Array(await canvas.encode('png'))], 'a.png', { type: 'image/png' })
}

async function sizeOf(file: File): Promise<readonly number[]> {
  const { width, height } = await loadImage(new Uint8Array(await file.arrayBuffer()))
  return [width, height]
}

async function pixel(file: File, x: number, y: number): Promise<readonly [number, number, number]> {
  const image = await loadImage(new Uint8Array(await file.arrayBuffer()))
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data
  return [red, green, blue]
}
