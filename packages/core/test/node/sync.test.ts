import { expect, describe as group, it } from 'vitest'
import { firekeep } from '../../src/index.js'
import { MemoryRemote } from '../../src/remotes/memory-remote.js'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import { SwitchableRemote } from '../../src/testing/switchable-remote.js'
import { readExample } from './fixtures/read-example.js'
import { describe, type Note, startSync, syncOnce } from './fixtures/sync-example.js'

const open = (key: Uint8Array) => firekeep<Note>('notes', { key, storage: createMemorySpace() })

group('docs/sync.md', () => {
  it('shows the code that runs here', async () => {
    const { shown, run } = await readExample('sync.md', 'sync-example.ts')
    expect(shown).toBe(run)
  })

  it('brings what one device wrote to another, and says how it stands', async () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const [a, b] = [open(key), open(key)]
    const server = new MemoryRemote()
    const link = new SwitchableRemote(server)
    link.switch(false)
    const attachment = startSync(a, link)
    expect(describe(attachment)).toBe('Offline')
    await a.put({ _id: 'x', text: 'hello' })
    await expect(syncOnce(a, link)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await expect.poll(() => describe(attachment)).toBe('Offline, 1 to send')
    link.switch(true)
    await attachment.synced()
    expect(describe(attachment)).toBe('Everything is saved and shared')
    await syncOnce(b, server)
    expect((await b.get('x')).text).toBe('hello')
    await Promise.all([a.close(), b.close()])
  })
})
