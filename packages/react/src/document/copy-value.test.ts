import { expect, it } from 'vitest'
import { FakeFile } from '../../test/fake-file.js'
import { copyValue } from './copy-value.js'

it('keeps attachments that were read as they are, so that they can be loaded', () => {
  const { cid, type, size } = new FakeFile('a')
  const hidden = { value: async () => new File([], 'a') }
  const stored = Object.freeze(Object.defineProperty({ cid, type, size }, 'file', hidden))
  expect(copyValue({ photo: stored, other: { cid } })).toEqual({ photo: stored, other: { cid } })
  expect((copyValue({ photo: stored }) as { photo: unknown }).photo).toBe(stored)
})
