import { SYNC_CONTENDERS } from '../contenders/sync-contenders.mjs'
import { answerCalls } from './answer-calls.mjs'
import { countWireBytes } from './count-wire-bytes.mjs'
import { Device } from './device.mjs'

/** The process of one device: its only argument is the contender. */
const contender = SYNC_CONTENDERS.find(({ id }) => id === process.argv[2])
if (contender === undefined) throw new Error(`There is no contender ${process.argv[2]}.`)

const device = new Device(await contender.loadDevice(), countWireBytes())
answerCalls({
  open: place => device.open(place),
  connect: () => device.connect(),
  disconnect: () => device.disconnect(),
  bulk: range => device.bulk(range),
  puts: range => device.puts(range),
  change: change => device.change(change),
  acknowledged: () => device.acknowledged(),
  whenHolds: count => device.whenHolds(count),
  whenShown: change => device.whenShown(change),
  wireBytes: () => device.wireBytes(),
})
