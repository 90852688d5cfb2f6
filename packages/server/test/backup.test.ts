import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Device } from './fixtures/device.js'
import { runCommand, ServerProcess } from './fixtures/server-process.js'
import { tempFolder } from './fixtures/temp-folder.js'
import { Writer } from './fixtures/writer.js'

it('clients notice a server that was restored from a backup, and send again what it lacks', async () => {
  const folder = await tempFolder()
  const [dir, backup] = [join(folder, 'data'), join(folder, 'backup')]
  const key = new Uint8Array(randomBytes(32))
  const first = await ServerProcess.start(dir)
  const { url, port } = first
  const open = (): Device => new Device({ url, key })
  const [alice, bob, gone] = [open(), open(), open()]
  const writers = [alice, bob].map((device, index) => new Writer(`writer-${index}`, device))
  for (const writer of writers) writer.start()
  await acknowledgements(alice, 10)

  expect(await runCommand('backup', backup, '--dir', dir)).toContain(backup)
  await acknowledgements(alice, 10)
  await Promise.all(writers.map(writer => writer.stop()))
  await gone.db.put({ _id: 'of a device that is gone' })
  await gone.synced()
  await bob.synced()
  await gone.close()
  await Promise.all([alice.synced(), bob.synced()])
  const acknowledged = [...(await bob.ids())]
  await first.kill()
  await rm(dir, { recursive: true })

  await alice.db.put({ _id: 'while there was no server' })
  expect(await runCommand('restore', backup, '--dir', dir)).toContain('0 faults')
  const second = await ServerProcess.start(dir, port)
  await Promise.all([alice.synced(), bob.synced()])
  await Promise.all([alice.synced(), bob.synced()])
  expect([alice.codes, bob.codes]).toEqual([['REMOTE_ROLLED_BACK'], ['REMOTE_ROLLED_BACK']])

  const fresh = open()
  await fresh.synced()
  expect(await fresh.ids()).toEqual([...acknowledged, 'while there was no server'].sort())
  expect(acknowledged).toContain('of a device that is gone')
  expect(acknowledged).toHaveLength(1 + writers.flatMap(({ written }) => written).length)
  expect(await fresh.db.clock()).toEqual(await alice.db.clock())
  expect(await fresh.db.clock()).toEqual(await bob.db.clock())
  expect(fresh.codes).toEqual([])
  // It was told once, and everything goes on.
  await bob.db.put({ _id: 'afterwards' })
  await bob.synced()
  await fresh.synced()
  expect(await fresh.db.has('afterwards')).toBe(true)
  expect(bob.codes).toEqual(['REMOTE_ROLLED_BACK'])
  expect(await second.end()).toBe(0)
})

async function acknowledgements({ remote }: Device, more: number): Promise<void> {
  const enough = remote.acknowledged.length + more
  while (remote.acknowledged.length < enough) await remote.nextAcknowledged()
}
