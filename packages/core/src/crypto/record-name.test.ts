import { createHmac, hkdfSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { toBase32 } from '../primitives/bytes.js'
import { createRecordNamer } from './record-name.js'

const contentKey = new Uint8Array(32).fill(5)

it.each(['', 'remote/main', 'ä'.repeat(100)])(
  'the record name of %j is its HMAC under a key of its own',
  async name => {
    const key = hkdfSync('sha256', contentKey, new Uint8Array(0), 'firekeep/1/record-name', 32)
    const nameRecord = await createRecordNamer(contentKey)
    expect(nameRecord(name)).toBe(toBase32(createHmac('sha256', new Uint8Array(key)).update(name).digest()))
  },
)

it('the same name has another record name under another key', async () => {
  const [one, other] = await Promise.all([
    createRecordNamer(contentKey),
    createRecordNamer(contentKey.with(0, 0)),
  ])
  expect(one('a')).not.toBe(other('a'))
})
