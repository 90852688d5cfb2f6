import { describe, expect, it } from 'vitest'
import { createCid } from '../codec/cid.js'
import { OrderedMap } from '../primitives/ordered-map.js'
import type { Leaf } from '../state/leaf.js'
import { StoredDocument } from '../state/stored-document.js'
import { View } from '../state/view.js'
import { createTestPair, settled } from '../testing/create-test-pair.js'
import { listConflicts } from './list-conflicts.js'

describe('conflicts', () => {
  it('lists what two devices wrote apart, the winner first, until somebody writes over both', async () => {
    const pair = createTestPair()
    await pair.a.put({ _id: 'x', by: 'nobody' })
    await settled(pair)
    pair.offline()
    await pair.a.put({ _id: 'x', by: 'a' })
    await pair.b.put({ _id: 'x', by: 'b' })
    pair.online()
    await settled(pair)
    const [conflict, ...others] = await pair.b.conflicts().toArray()
    expect(others).toEqual([])
    expect(conflict?.winner).toEqual(conflict?.versions[0])
    expect(conflict?.winner.doc).toEqual(await pair.a.get('x'))
    expect(conflict?.versions.map(({ doc }) => doc.by).sort()).toEqual(['a', 'b'])
    expect(await pair.a.conflicts().toArray()).toEqual([conflict])
    await pair.a.del('x')
    expect(await pair.a.conflicts().toArray()).toEqual([])
    await pair.close()
  })

  it('leaves out a version that does not decode, and a document of which one remains', () => {
    const leaf = (number: number, body: Uint8Array): Leaf => {
      const cid = createCid(0x71, new Uint8Array(32).fill(number))
      return {
        commit: cid,
        key: String(number) as Leaf['key'],
        height: 1,
        body: cid,
        purge: false,
        document: new StoredDocument('x', cid, body),
      }
    }
    const damaged = Uint8Array.of(1, 2, 3)
    const entry = { id: 'x', leaves: [leaf(1, damaged), leaf(2, damaged)] }
    const view = new View({ ...View.empty, docs: OrderedMap.from([['x', entry]]) })
    expect([...listConflicts(view)]).toEqual([])
  })
})
