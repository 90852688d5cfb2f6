import { SYNC_CONTENDERS } from '../contenders/sync-contenders.mjs'
import { answerCalls } from './answer-calls.mjs'
import { RawLoad } from './raw-load.mjs'

/** The process of many connections to one server: its arguments are the contender and the address. */
const [, , id, url = ''] = process.argv
const loadRawClients = SYNC_CONTENDERS.find(contender => contender.id === id)?.loadRawClients
if (loadRawClients === undefined) throw new Error(`${id} has no clients without a database.`)

const load = new RawLoad((await loadRawClients())(url))
answerCalls({
  connect: wanted => load.connect(wanted),
  appendFor: milliseconds => load.appendFor(milliseconds),
})
