import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { DAG_CBOR, hashBlock } from '../../codec/block.js'
import { encodeCar } from '../../codec/car.js'
import { createSealer } from '../../crypto/seal.js'
import { packContent } from '../../packs/compression.js'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import { engineOf } from '../engine-of.js'
import { storedKeys } from '../fixtures/stored-keys.js'

async function opened() {
  const space = createMemorySpace()
  const db = createTestDatabase({ name: 'base', storage: space })
  await db.put({ _id: 'a', _files: { f: new Blob(['content']) } })
  const fork = await db.fork('draft')
  return { space, db, fork }
}

describe('a fork in the storage of its base', () => {
  it('has pins of its own, and lets no pack go that the base names', async () => {
    const { space, db, fork } = await opened()
    await fork.attach(new MemoryRemote()).synced()
    await db.pin('a')
    await fork.pin('a')
    await fork.unpin('a')
    expect(await storedKeys(space, 'file-pack/')).toHaveLength(1)
    expect(await storedKeys(space, 'pin/')).toHaveLength(1)
    expect((await storedKeys(space, 'fork/')).filter(key => key.includes('/pin/'))).toEqual([])
    const doc = await db.get('a')
    expect(await (await doc._files?.f?.file())?.text()).toBe('content')
    await Promise.all([db.close(), fork.close()])
  })

  it('keeps its packs when the base goes, where commits of it cannot be read', async () => {
    const { space, db, fork } = await opened()
    await fork.put({ _id: 'b' })
    const { storage, secrets } = await engineOf(fork).mustGetStore()
    const newer = await hashBlock(DAG_CBOR, dagCbor.encode({ v: 99 }))
    const { contentKey, lineage } = secrets
    const sealer = await createSealer({ contentKey, lineage, kind: 'commits' })
    const sealed = await sealer.seal(packContent(encodeCar([], [newer]), false))
    const keys = (await storage.list('state/')).filter(key => key.split('/').length === 4)
    const snapshots = keys.filter(key => key.startsWith('state/snapshot/'))
    const commits = keys.filter(key => key.startsWith('state/commit/'))
    await storage.batch([[commits[0] as string, sealed]], [...snapshots, ...commits.slice(1)])
    await fork.close()
    await db.destroy()
    expect(await storedKeys(space, 'file-pack/')).toHaveLength(1)
  })
})
