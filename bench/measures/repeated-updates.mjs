import { createNote, NOTE_BYTES } from '../note.mjs'
import { quantile } from '../quantile.mjs'
import { timed } from './timed.mjs'

const UPDATES = 1_000

/**
 * One document of 2 KB that is changed a thousand times, each awaited. What is handed to the storage counts all
 * values, those too that a contender writes to take less room again; `compacted` counts a last compaction on top.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const repeatedUpdates = {
  id: 'updates',
  label: '1,000 updates of one document of 2 KB',
  group: 'Writing',
  needs: ['put', 'get'],
  rounds: 3,
  figures: [
    { id: 'p50', label: 'p50', unit: 'ms' },
    { id: 'handed', label: 'handed to the storage', unit: 'bytes per byte' },
    { id: 'compacted', label: 'the same, compacted at the end', unit: 'bytes per byte' },
  ],
  async run({ open, countHanded }) {
    const session = await open()
    await session.put(createNote(0))
    const handedBytes = countHanded?.()
    const times = []
    for (let edits = 1; edits <= UPDATES; edits++) {
      const note = createNote(edits)
      times.push(await timed(() => session.put(note)))
    }
    /** @type {Record<string, number>} */
    const figures = { p50: quantile(times, 0.5) }
    if (handedBytes) figures.handed = handedBytes() / (UPDATES * NOTE_BYTES)
    await session.compact?.()
    if (handedBytes && session.compact) figures.compacted = handedBytes() / (UPDATES * NOTE_BYTES)
    const last = createNote(UPDATES)
    if (Number((await session.get(last._id))?.edits) !== last.edits)
      throw new Error('The last update is lost.')
    await session.close()
    return figures
  },
}
