import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { toShownLink } from './shown-link.js'

const LINK = `https://chat.example/?join=room#fk1.${'aB3-_'.repeat(26)}`

test('the drawing has every dark unit of the code, and no other', () => {
  const { qrPath, qrSize, link } = toShownLink(LINK)
  expect(link).toBe(LINK)
  const { data, size } = encode(LINK, { ecc: 'L', border: 4 })
  expect(qrSize).toBe(size)
  const drawn = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, width] of qrPath.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    for (let at = Number(x); at < Number(x) + Number(width); at += 1) {
      const row = drawn[Number(y)] as boolean[]
      row[at] = true
    }
  }
  expect(drawn).toEqual(data)
})

test('there is white around it', () => {
  const { qrPath } = toShownLink(LINK)
  expect(/M[0-3] /.test(qrPath)).toBe(false)
})
