import type { Locator, Page } from 'playwright-core'

export interface PaintedFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** A picture of one colour. */
export async function paint(page: Page, name: string, width: number, height: number): Promise<PaintedFile> {
  const bytes = await page.evaluate(
    async ([x, y]) => {
      const canvas = document.createElement('canvas')
      canvas.width = x
      canvas.height = y
      const context = canvas.getContext('2d')
      if (!context) throw new Error('no canvas')
      context.fillStyle = 'teal'
      context.fillRect(0, 0, x, y)
      const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'))
      return Array.from(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer()))
    },
    [width, height] as const,
  )
  return { name, mimeType: 'image/png', buffer: Buffer.from(bytes) }
}

/** As by the button and the dialog of the system. */
export async function attach(page: Page, ...files: readonly PaintedFile[]): Promise<void> {
  await page.locator('.composer input[type=file]').setInputFiles([...files])
}

/** As by the clipboard, or by dragging from another window. */
export async function bring(page: Page, how: 'paste' | 'drop', file: PaintedFile): Promise<void> {
  await page.evaluate(
    ([type, name, mimeType, bytes]) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], name, { type: mimeType }))
      const init = { bubbles: true, cancelable: true }
      const target = document.activeElement ?? document.body
      if (type === 'paste') target.dispatchEvent(new ClipboardEvent(type, { ...init, clipboardData: data }))
      else document.body.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: data }))
    },
    [how, file.name, file.mimeType, Array.from(file.buffer)] as const,
  )
}

/** A picture that is to be sent, ready. */
export function pending(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Pictures to send' }).getByRole('img', { name, exact: true })
}

/** The picture of a message, loaded. */
export function picture(page: Page, name: string): Locator {
  return page.locator('[data-message] .picture').getByRole('button', { name, exact: true }).locator('img')
}

/** How large a loaded picture is, in its own pixels. */
export async function sizeOf(image: Locator): Promise<string> {
  await image.waitFor()
  return image.evaluate(async element => {
    const shown = element as HTMLImageElement
    await shown.decode()
    return `${shown.naturalWidth} x ${shown.naturalHeight}`
  })
}
