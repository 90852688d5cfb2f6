import expressPouchDb from 'express-pouchdb'
import PouchDB from 'pouchdb-node'

/** The server of PouchDB over LevelDB. */
const [, , dir = ''] = process.argv
const app = expressPouchDb(PouchDB.defaults({ prefix: `${dir}/` }), {
  mode: 'minimumForPouchDB',
  inMemoryConfig: true,
  logPath: `${dir}/log.txt`,
})
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`)
})
