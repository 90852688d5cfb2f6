import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { deleteDatabase, firekeep, listDatabases } from './firekeep.js'
import type { FirekeepOptions } from './options.js'

const wrong: readonly [name: string, options: unknown, option: string | undefined][] = [
  ['null', null, undefined],
  ['a number', 5, undefined],
  ['text', 'memory', undefined],
  ['an unknown option', { storage: 'memory', colour: 'red' }, 'colour'],
  ['an unknown storage', { storage: 'floppy' }, 'storage'],
  ['no storage', { storage: null }, 'storage'],
  ['a storage that is a number', { storage: 5 }, 'storage'],
  ['a storage that is no space', { storage: { id: 'x' } }, 'storage'],
  ['an empty folder', { dir: '' }, 'dir'],
  ['a folder that is a number', { dir: 5 }, 'dir'],
  ['a folder for memory', { dir: '/tmp/x', storage: 'memory' }, 'dir'],
  ['a folder for a space', { dir: '/tmp/x', storage: createMemorySpace() }, 'dir'],
]

const wrongToOpen: typeof wrong = [
  ['an unknown durability', { durability: 'best' }, 'durability'],
  ['a short key', { key: new Uint8Array(31) }, 'key'],
  ['a passphrase', { key: 'correct horse battery staple' }, 'key'],
  ['a key that is null', { key: null }, 'key'],
]

function refusal(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error
  }
}

describe('options are refused, before anything is opened', () => {
  it.each([...wrong, ...wrongToOpen])('firekeep: %s', (_, options, option) => {
    const error = refusal(() => firekeep('x', options as FirekeepOptions))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: option === undefined ? {} : { option } })
  })

  it.each(wrong)('listDatabases and deleteDatabase: %s', async (_, options) => {
    const given = options as FirekeepOptions
    await expect(listDatabases(given)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(deleteDatabase('x', given)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  it('in words that do not repeat a key', () => {
    const key = 'a'.repeat(42)
    const error = refusal(() => firekeep('x', { key })) as Error
    expect(error.message).not.toContain(key)
  })

  it.each([
    ['no text', 5],
    ['null', null],
    ['missing', undefined],
    ['empty', ''],
    ['longer than 255 bytes', 'é'.repeat(128)],
    ['ill-formed', 'a\ud800'],
  ])('a name that is %s', async (_, name) => {
    const options = { storage: createMemorySpace() }
    expect(refusal(() => firekeep(name as string, options))).toMatchObject({ code: 'INVALID_OPTION' })
    await expect(deleteDatabase(name as string, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

describe('options of calls', () => {
  it('that are not known, `asOf` of a write among them, are refused and never ignored', async () => {
    const db = firekeep('x', { storage: createMemorySpace() })
    const unknown = { at: [] } as never
    const asOf = { asOf: [] } as never
    const reads = [db.get, db.find, db.has] as ((id: string, options: object) => Promise<unknown>)[]
    const calls = [
      ...reads.map(read => () => read.call(db, 'a', unknown)),
      () => db.put({ _id: 'a' }, asOf),
      () => db.del('a', asOf),
      () => db.update('a', () => ({}), asOf),
      () => db.transact(() => undefined, asOf),
      () => db.allDocs(unknown),
      () => db.query('n', unknown),
      () => db.changes(undefined, asOf),
      async () => db.live('n', unknown),
    ] as (() => Promise<unknown>)[]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await db.close()
  })

  it('ids that are none are refused by every call that takes one', async () => {
    const db = firekeep('x', { storage: createMemorySpace() })
    for (const id of [undefined, null, 5, '', 'a\ud800', 'x'.repeat(4097)] as never[]) {
      for (const call of [db.get, db.find, db.has, db.del, db.remove] as ((
        id: string,
      ) => Promise<unknown>)[]) {
        await expect(call.call(db, id)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
      }
      await expect(db.update(id, () => ({}))).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    }
    await db.close()
  })
})
