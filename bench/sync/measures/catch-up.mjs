import { TASK_BYTES } from '../../task.mjs'
import { grouped } from './grouped.mjs'

/**
 * A device that had everything comes back after as many awaited puts on another one, which was connected all the
 * time.
 *
 * @param {number} missed
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function catchUp(missed) {
  return {
    id: 'catch-up',
    label: `${grouped(missed)} missed single puts`,
    group: 'Syncing',
    needs: ['sync'],
    rounds: 3,
    figures: [
      { id: 'time', label: 'from connecting to all', unit: 'ms' },
      { id: 'received', label: 'on the wire', unit: 'bytes per byte' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      const [writer, reader] = await server.openPair()
      await writer.call('puts', { first: 0, count: 1 })
      await reader.call('whenHolds', 1)
      await reader.call('disconnect')
      const before = await reader.call('wireBytes')
      await writer.call('puts', { first: 1, count: missed })
      await writer.call('acknowledged')
      const start = await reader.call('connect')
      const time = (await reader.call('whenHolds', missed + 1)) - start
      const received = (await reader.call('wireBytes')) - before
      return { time, received: received / (missed * TASK_BYTES) }
    },
  }
}
