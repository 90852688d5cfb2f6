import { expect, it } from 'vitest'
import { assertDocumentId } from './document-id.js'
import { assertName } from './name.js'

it.each(['a', 'α', '../etc/passwd', '\u0000', 'a'.repeat(255), '\u{1f600}'.repeat(63)])(
  'a database may be named %j',
  name => assertName(name),
)

it.each(['', '\ud800', 'a'.repeat(256), 'ä'.repeat(128), undefined, null, 5, {}])(
  'a database may not be named %j',
  name => {
    expect(() => assertName(name)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  },
)

it.each(['a', '\u0000', 'a'.repeat(4096), 'ä'.repeat(2048)])('a document id may be %j', id =>
  assertDocumentId(id),
)

it.each(['', '\udc00a', 'a'.repeat(4097), 'ä'.repeat(2049), undefined, 5])(
  'a document id may not be %j',
  id => {
    expect(() => assertDocumentId(id)).toThrow(expect.objectContaining({ code: 'INVALID_DOCUMENT' }))
  },
)
