import { expect, test } from 'vitest'
import { SyncServer } from './sync-server.js'

/** What the device remembers. */
class Memory {
  value: string | undefined
  readonly getSnapshot = () => this.value
  readonly choose = (value: string) => {
    this.value = value
  }
}

const URL_A = 'http://localhost:4181'

test('the server that the file names is known from then on', async () => {
  const last = new Memory()
  const server = new SyncServer({ read: async () => ({ url: URL_A }), last })
  expect(server.getSnapshot()).toBeUndefined()
  expect(await server.find()).toEqual({ url: URL_A })
  expect(server.getSnapshot()).toEqual({ url: URL_A })
  expect(new SyncServer({ read: async () => null, last }).getSnapshot()).toEqual({ url: URL_A })
})

test('without a network it is the last one', async () => {
  const last = new Memory()
  last.choose(URL_A)
  const offline = () => Promise.reject(new Error('no network'))
  expect(await new SyncServer({ read: offline, last }).find()).toEqual({ url: URL_A })
  expect(await new SyncServer({ read: async () => null, last }).find()).toEqual({ url: URL_A })
  expect(last.value).toBe(URL_A)
})

test.each([{}, { url: 7 }, { url: 'nowhere' }, 'text'])('a file that says %o is no server', async said => {
  const last = new Memory()
  last.choose(URL_A)
  expect(await new SyncServer({ read: async () => said, last }).find()).toEqual({ url: undefined })
  expect(new SyncServer({ read: async () => null, last }).getSnapshot()).toEqual({ url: undefined })
})

test('who listens hears of a server that is another than the last one, once', async () => {
  const last = new Memory()
  last.choose('http://localhost:1')
  const server = new SyncServer({ read: async () => ({ url: URL_A }), last })
  let told = 0
  const stop = server.subscribe(() => {
    told += 1
  })
  await server.find()
  await server.find()
  expect([told, server.getSnapshot()]).toEqual([1, { url: URL_A }])
  stop()
})
