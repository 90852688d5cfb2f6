import { firekeep } from '@firekeep/core'
import type { Task } from './task'

const db = firekeep<Task>('consumer')
const live = db.live('state', { key: 'ran-ok' })
const shown = new Promise<string>(resolve => {
  live.subscribe(() => {
    const [doc] = live.getSnapshot().docs
    if (doc !== undefined) resolve(doc.title)
  })
})
await db.put({ title: 'packed and installed', state: 'ran-ok' })
console.log(await shown)
live.close()
await db.close()
