import { act, render, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeFile } from '../test/fake-file.js'
import { ObjectUrls } from '../test/object-urls.js'
import { FileImage } from './file-image.js'

let urls: ObjectUrls

beforeEach(() => {
  urls = new ObjectUrls()
})

afterEach(() => urls.restore())

it('shows its fallback and then the picture, with the props of an image', async () => {
  const file = new FakeFile('a')
  const { container, unmount } = render(
    <StrictMode>
      <FileImage file={file} alt="A photo" width={320} className="round" fallback={<i>Wait</i>} />
    </StrictMode>,
  )
  expect(container.innerHTML).toBe('<i>Wait</i>')
  await act(async () => file.loads.at(-1)?.finish())
  const image = container.querySelector('img')
  expect([image?.alt, image?.getAttribute('width'), image?.className]).toEqual(['A photo', '320', 'round'])
  expect(urls.open).toEqual([image?.getAttribute('src')])
  unmount()
  expect(urls.open).toEqual([])
})

it('is loaded when it may be, and stays then', async () => {
  const file = new FakeFile('a')
  const { container, rerender } = render(<FileImage file={file} alt="" when={false} />)
  expect([container.innerHTML, file.loads.length]).toEqual(['', 0])
  rerender(<FileImage file={file} alt="" when />)
  await act(async () => file.loads.at(-1)?.finish())
  rerender(<FileImage file={file} alt="" when={false} />)
  expect(container.querySelector('img')?.getAttribute('src')).toBe(urls.open[0])
  expect(urls.created).toBe(1)
})

it('keeps its fallback where the file cannot be loaded, and where there is none', async () => {
  const file = new FakeFile('a')
  const { container, rerender } = render(<FileImage file={file} alt="" fallback="gone" />)
  await act(async () => file.loads.at(-1)?.fail(new Error('nobody has it')))
  expect(container.innerHTML).toBe('gone')
  rerender(<FileImage file={undefined} alt="" fallback="none" />)
  expect(container.innerHTML).toBe('none')
})

it('shows SVG by a URL that has no rights where it is opened by itself, unless it is too large', async () => {
  const file = new FakeFile('a', '<svg>ä</svg>', 'image/SVG+xml; charset=utf-8')
  const { container, rerender } = render(<FileImage file={file} alt="" fallback="none" />)
  await act(async () => file.loads.at(-1)?.finish())
  const bytes = String.fromCharCode(...new TextEncoder().encode(file.text))
  await waitFor(() =>
    expect(container.querySelector('img')?.getAttribute('src')).toBe(
      `data:image/svg+xml;base64,${btoa(bytes)}`,
    ),
  )
  const large = new FakeFile('b', ' '.repeat(2 ** 20 + 1), 'image/svg+xml')
  rerender(<FileImage file={large} alt="" fallback="none" />)
  await act(async () => large.loads.at(-1)?.finish())
  expect(container.innerHTML).toBe('none')
  expect(urls.created).toBe(0)
})

it.each([
  ['image/webp', 'image/webp'],
  ['image/x+xml', 'application/octet-stream'],
  ['text/html', 'application/octet-stream'],
])('gives what is stored as %s to the image as %s', async (stored, shown) => {
  const file = new FakeFile('a', '<svg/>', stored)
  const { container } = render(<FileImage file={file} alt="" />)
  await act(async () => file.loads.at(-1)?.finish())
  const src = container.querySelector('img')?.getAttribute('src') ?? undefined
  expect(urls.blobOf(src)?.type).toBe(shown)
})
