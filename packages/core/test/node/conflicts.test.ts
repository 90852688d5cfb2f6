import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Conflict } from '../../src/database/history/conflict-types.js'
import { createTestPair, settled, type TestPair } from '../../src/testing/create-test-pair.js'
import {
  countConflicts,
  joined,
  keepLatest,
  type Note,
  pick,
  question,
} from './fixtures/conflicts-example.js'
import { readExample } from './fixtures/read-example.js'

describe('the example in docs/conflicts.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('conflicts.md', 'conflicts-example.ts')
    expect(shown).toBe(run)
  })

  describe('with a note that was edited on two devices', () => {
    let pair: TestPair<Note>

    beforeEach(async () => {
      pair = createTestPair<Note>()
      await pair.a.put({ _id: 'note', title: 'Untitled', text: 'Hello' })
      await settled(pair as never)
      pair.offline()
      await pair.a.put({ _id: 'note', title: 'Greeting', text: 'Hello' })
      await pair.b.put({ _id: 'note', title: 'Untitled', text: 'Hello there', tags: ['new'] })
      pair.online()
      await settled(pair as never)
    })

    afterEach(() => pair.close())

    const conflict = async () => (await pair.a.conflicts().toArray())[0] as Conflict<Note>

    it('asks, and ends it with what was picked', async () => {
      const found = await conflict()
      expect(question(found)).toBe('note: 2 versions differ in tags, text, title')
      const loser = found.versions[1] as Conflict<Note>['winner']
      await pick(pair.a, found, loser)
      expect(await pair.a.get('note')).toEqual(loser.doc)
      expect(await pair.a.conflicts().toArray()).toEqual([])
    })

    it('keeps the latest of each', async () => {
      const [latest] = (await conflict()).versions.toSorted((a, b) => b.time - a.time)
      await keepLatest(pair.b)
      expect(await pair.b.get('note')).toEqual(latest?.doc)
      expect(await pair.b.conflicts().toArray()).toEqual([])
    })

    it('joins edits of different fields', async () => {
      const note = { _id: 'note', title: 'Greeting', text: 'Hello there', tags: ['new'] }
      expect(joined(await conflict())).toEqual(note)
      await pair.a.resolve('note', joined(await conflict()))
      await settled(pair as never)
      expect(await pair.b.get('note')).toEqual(note)
    })

    it('joins an edit and a deletion to the edit', async () => {
      const found = await conflict()
      const gone = { ...found.winner, doc: { _id: 'note', _deleted: true as const } }
      expect(joined({ ...found, versions: [found.winner, gone] })).toEqual(found.winner.doc)
    })

    it('counts them as they come and go', async () => {
      const shown: number[] = []
      let heard = () => {}
      const stop = countConflicts(pair.a, count => {
        shown.push(count)
        heard()
      })
      const next = () =>
        new Promise<void>(resolve => {
          heard = resolve
        })
      await next()
      const changed = next()
      await pair.a.del('note')
      await changed
      expect(shown).toEqual([1, 0])
      stop()
    })
  })
})
