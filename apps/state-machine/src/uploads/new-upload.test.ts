import { expect, test } from 'vitest'
import { newUpload, uploadProblem } from './new-upload.js'

test('pictures and PDFs are taken, whatever else is not', () => {
  expect(uploadProblem({ name: 'a.png', type: 'image/png', size: 5 })).toBeUndefined()
  expect(uploadProblem({ name: 'a.pdf', type: 'application/pdf', size: 5 })).toBeUndefined()
  expect(uploadProblem({ name: 'a.svg', type: 'image/svg+xml', size: 5 })).toContain('neither')
  expect(uploadProblem({ name: 'a.png', type: 'image/png', size: 0 })).toContain('empty')
  expect(uploadProblem({ name: 'a.png', type: 'image/png', size: 20_000_001 })).toContain('larger')
})

test('an upload is a document of its own that names its application', () => {
  const file = new File(['x'], 'pass.png', { type: 'image/png' })
  expect(newUpload('application:1', file, 7)).toMatchObject({
    type: 'upload',
    application: 'application:1',
    title: 'pass.png',
    at: 7,
    _files: { original: file },
  })
})
