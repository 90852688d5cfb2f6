import { TASK_BYTES } from '../../task.mjs'
import { grouped } from './grouped.mjs'

/**
 * Documents written in one call to a device that another one is connected with, and then all of them to a device
 * that has none.
 *
 * @param {number} documents
 * @returns {import('./sync-measures.mjs').SyncMeasure}
 */
export function freshPeer(documents) {
  return {
    id: 'fresh-peer',
    label: `${grouped(documents)} documents in one call`,
    group: 'Syncing',
    needs: ['sync'],
    rounds: 3,
    figures: [
      { id: 'through', label: 'from the call to a connected device', unit: 'ms' },
      { id: 'sent', label: 'on the wire of the writer', unit: 'bytes per byte' },
      { id: 'time', label: 'from connecting to all, a fresh device', unit: 'ms' },
      { id: 'received', label: 'on the wire of the fresh device', unit: 'bytes per byte' },
    ],
    async run({ startServer }) {
      const server = await startServer()
      const writer = await server.openDevice()
      await writer.call('connect')
      await writer.call('acknowledged')
      const witness = await server.openDevice(writer.ticket)
      await witness.call('connect')
      const arrival = witness.call('whenHolds', documents)
      const { start } = await writer.call('bulk', { first: 0, count: documents })
      const through = (await arrival) - start
      await writer.call('acknowledged')
      const sent = await writer.call('wireBytes')

      const fresh = await server.openDevice(writer.ticket)
      const connected = await fresh.call('connect')
      const time = (await fresh.call('whenHolds', documents)) - connected
      const received = await fresh.call('wireBytes')
      const json = documents * TASK_BYTES
      return { through, sent: sent / json, time, received: received / json }
    },
  }
}
