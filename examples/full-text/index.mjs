// node index.mjs <database> [--once]: keeps <database>.index.json up with the database until it is stopped.
import { firekeep } from '@firekeep/core'
import { FullTextIndex } from './full-text-index.mjs'

const [name, flag] = process.argv.slice(2)
if (name === undefined) {
  console.error('usage: node index.mjs <database> [--once]')
  process.exit(2)
}

const db = firekeep(name, { storage: 'files' })
const index = await FullTextIndex.open(`${name}.index.json`)

let wake = () => {}
const stop = db.subscribe(() => wake())
// Being told does not keep a process alive, and this one is to stay.
const alive = setInterval(() => wake(), 60_000)
for (;;) {
  // Before it catches up: a change that comes meanwhile is not slept through.
  const changed = new Promise(resolve => {
    wake = resolve
  })
  console.log(`${await index.catchUp(db)} changes, ${index.size} documents`)
  if (flag === '--once') break
  await changed
}
clearInterval(alive)
stop()
await db.close()
