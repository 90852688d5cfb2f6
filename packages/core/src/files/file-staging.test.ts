import { describe, expect, it } from 'vitest'
import type { Engine } from '../database/engine.js'
import { withStagedFiles } from '../database/files/staged-files.js'
import { FirekeepError, type FirekeepErrorCode } from '../errors.js'
import { DocumentWriter } from '../ledger/document-writer.js'
import { seededRandom } from '../testing/seeded-random.js'
import { FileStaging } from './file-staging.js'
import { FileShelf } from './fixtures/file-shelf.js'

const writer = new DocumentWriter({ now: () => 1, random: seededRandom(4) })
const draft = () => writer.prepare({ _id: 'x', _files: { f: new Blob(['content']) } })

async function open() {
  const shelf = await FileShelf.open()
  const { packs, sealer, storage } = shelf
  const staging = new FileStaging({ packs, sealer, now: () => 1, isOwn: () => false })
  return { shelf, storage, packs, staging }
}

describe('the files of a write that failed', () => {
  it.each<[FirekeepErrorCode, number]>([
    ['CORRUPT', 1],
    ['BLOCK_MISSING', 1],
    ['STORAGE_FAILED', 1],
    ['CLOSED', 1],
    ['INTERNAL', 1],
    ['REMOTE_UNAVAILABLE', 1],
    ['ABORTED', 0],
    ['STALE', 0],
    ['QUOTA_EXCEEDED', 0],
  ])('after %s, leave %i packs: those that a commit may name stay', async (code, left) => {
    const { packs, staging } = await open()
    await staging.store([draft()], {})
    await staging.giveUp(new FirekeepError(code, 'later'))
    expect(await packs.names()).toHaveLength(left)
  })

  it('go where the storing itself failed, whatever with', async () => {
    const { storage, staging } = await open()
    const error = new FirekeepError('REMOTE_UNAVAILABLE', 'of another database')
    const blob = Object.assign(new Blob(['y']), {
      slice: () => ({ arrayBuffer: () => Promise.reject(error) }),
    })
    const bad = writer.prepare({ _id: 'y', _files: { f: blob } })
    const failure = await staging.store([draft(), bad], {}).catch(each => each)
    await staging.giveUp(failure)
    expect(await storage.list('')).toEqual([])
  })
})

describe('a write that is stored', () => {
  it('is not failed by the removal of what it does not name', async () => {
    const { shelf } = await open()
    const packs = Object.assign(Object.create(shelf.packs), {
      remove: () => Promise.reject(new FirekeepError('STORAGE_FAILED', 'not now')),
      startWriting: () => shelf.packs.startWriting(),
      publish: (all: never) => shelf.packs.publish(all),
    })
    const files = { open: async () => ({ packs, sealer: shelf.sealer }), isOwn: () => false }
    const engine = { files, environment: { now: () => 1 } } as unknown as Engine
    const result = await withStagedFiles(engine, async store => {
      await store([draft()])
      await store([writer.write({ _id: 'x' })])
      return 'stored'
    })
    expect(result).toBe('stored')
  })
})
