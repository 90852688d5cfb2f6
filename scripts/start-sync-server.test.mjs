import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startSyncServer } from './start-sync-server.mjs'

/** A server module that notes what happens, and on which some ports are taken. */
function fakeServer({ taken = /** @type {number[]} */ ([]), isLocked = false } = {}) {
  /** @type {string[]} */
  const events = []
  return {
    events,
    module: {
      openEmbeddedEngine: async (/** @type {{ dir: string }} */ { dir }) => {
        if (isLocked) throw new Error('in use by another process')
        events.push(`open ${dir}`)
        return { close: async () => void events.push('close engine') }
      },
      startServer: async (/** @type {any} */ { port }) => {
        if (taken.includes(port)) throw new Error('EADDRINUSE')
        events.push(`listen ${port}`)
        return { port: port === 0 ? 5000 : port, close: async () => void events.push('close server') }
      },
    },
  }
}

test('it keeps its data in the folder, and closes the server before the engine', async () => {
  const { module, events } = fakeServer()
  const server = await startSyncServer({ port: undefined, isFresh: false, module, dir: '/data' })
  expect(server).toMatchObject({ url: 'http://localhost:4181', dir: '/data', isUsualPort: true })
  await server.close()
  expect(events).toEqual(['open /data', 'listen 4181', 'close server', 'close engine'])
})

test('a fresh one has a folder of its own, which goes with it', async () => {
  const { module } = fakeServer()
  const server = await startSyncServer({ port: 9000, isFresh: true, module, dir: '/data' })
  expect(server.url).toBe('http://localhost:9000')
  expect(server.dir).not.toBe('/data')
  expect(existsSync(server.dir)).toBe(true)
  await server.close()
  expect(existsSync(server.dir)).toBe(false)
})

test('where the usual port is taken it takes a free one, and says so', async () => {
  const { module } = fakeServer({ taken: [4181] })
  const server = await startSyncServer({ port: undefined, isFresh: false, module, dir: '/data' })
  expect(server).toMatchObject({ url: 'http://localhost:5000', isUsualPort: false })
})

test('a port that was asked for and is taken is an error, and nothing stays open', async () => {
  const { module, events } = fakeServer({ taken: [9000] })
  const starting = startSyncServer({ port: 9000, isFresh: false, module, dir: '/data' })
  await expect(starting).rejects.toThrow('Choose another with --server-port')
  expect(events.at(-1)).toBe('close engine')
})

test('data that another demo uses is an error that says what to do', async () => {
  const { module } = fakeServer({ isLocked: true })
  const starting = startSyncServer({ port: undefined, isFresh: false, module, dir: '/data' })
  await expect(starting).rejects.toThrow('use --fresh')
})
