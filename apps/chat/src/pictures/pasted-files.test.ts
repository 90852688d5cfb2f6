import { expect, test } from 'vitest'
import { pastedFiles } from './pasted-files.js'

const FILES = [new File(['x'], 'image.png')] as unknown as FileList

test('a copied picture is pasted as a file, a copied table as its text', () => {
  expect(pastedFiles({ types: ['text/html', 'Files'], files: FILES })).toHaveLength(1)
  expect(pastedFiles({ types: ['text/plain', 'text/rtf', 'Files'], files: FILES })).toEqual([])
})
