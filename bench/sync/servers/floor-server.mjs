import { WebSocketServer } from 'ws'
import { openAppendLog } from '../../floors/append-log.mjs'
import { NEWLINE } from '../newline.mjs'

/**
 * The least that a server can do: appends what comes to one file, together with what came meanwhile, answers with
 * how many messages of that connection are on the disk, and hands them to those who follow. The address of these
 * ends with the number of messages they have.
 */
const [, , dir = ''] = process.argv
const log = await openAppendLog(dir)
/** @type {Buffer[]} */
const records = []
/** @type {Set<import('ws').WebSocket>} */
const followers = new Set()
/** @type {{ socket: import('ws').WebSocket, data: Buffer, count: number }[]} */
let pending = []
let isWriting = false

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('connection', (socket, { url = '/' }) => {
  let count = 0
  socket.on('message', data => {
    pending.push({ socket, data: /** @type {Buffer} */ (data), count: ++count })
    if (!isWriting) write()
  })
  const after = /^\/after\/(\d+)$/.exec(url)?.[1]
  if (after === undefined) return
  followers.add(socket)
  socket.on('close', () => followers.delete(socket))
  const missed = records.slice(Number(after))
  if (missed.length > 0) socket.send(joined(missed))
})
server.on('listening', () => {
  console.log(`ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`)
})

async function write() {
  isWriting = true
  while (pending.length > 0) {
    const batch = pending
    pending = []
    await log.write(batch.map(({ data }) => data))
    for (const { socket, data, count } of batch) {
      records.push(data)
      socket.send(String(count))
    }
    for (const follower of followers) {
      const others = batch.filter(({ socket }) => socket !== follower)
      if (others.length > 0) follower.send(joined(others.map(({ data }) => data)))
    }
  }
  isWriting = false
}

/** @param {readonly Buffer[]} parts */
function joined(parts) {
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [NEWLINE, part])))
}
