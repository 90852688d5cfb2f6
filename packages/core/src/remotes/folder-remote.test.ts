import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Remote, RemoteLog } from '../protocol/remote.js'
import { systemClock } from '../storage/files/folder-clock.js'
import { createNodeFileSystem } from '../storage/files/node-file-system.js'
import { blobName, pack, pointer, positionAfter } from '../testing/remote-conformance/packs.js'
import { createRemoteAccess } from '../testing/remote-conformance/remote-access.js'
import { Heard } from '../testing/remote-conformance/remote-suite.js'
import { remoteConformance } from '../testing/remote-conformance.js'
import { openFolderLog } from './folder/open-folder-log.js'
import { folderRemote } from './folder-remote.js'

const folders: string[] = []

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-folder-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Looks every 20 ms instead of every second. */
const hasty = { ...systemClock, every: (ms: number, act: () => void) => systemClock.every(ms / 50, act) }

function openRemote(folder: string): Remote {
  const platform = { fs: createNodeFileSystem(), clock: hasty }
  return { id: folder, open: async access => openFolderLog(folder, access, platform) }
}

remoteConformance(
  {
    name: 'folder',
    createRemote: async () => openRemote(createFolder()),
    reopenRemote: async ({ id }) => openRemote(id),
  },
  { describe, expect, it },
)

async function openLog(folder: string): Promise<RemoteLog> {
  return folderRemote(folder).open((await createRemoteAccess()).write)
}

describe('folderRemote', () => {
  it('makes no folder where there is none, as its drive may be missing', async () => {
    const missing = join(createFolder(), 'drive')
    const log = await openLog(missing)
    await expect(log.append(pack(1))).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await expect(log.read(0)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(existsSync(missing)).toBe(false)
  })

  it('writes nothing when it is read', async () => {
    const folder = createFolder()
    const log = await openLog(folder)
    await log.read(0)
    await log.getPointer()
    await log.getBlob(blobName(pack(1)))
    log.follow(0, () => undefined)()
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses a log id that is none, as it becomes a file name', async () => {
    const { write } = await createRemoteAccess()
    const remote = folderRemote(createFolder())
    await expect(remote.open({ ...write, logId: '../../etc' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    expect(() => folderRemote('')).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  it('leaves no file behind but those that count', async () => {
    const folder = createFolder()
    const { write } = await createRemoteAccess()
    const log = await folderRemote(folder).open(write)
    await log.append(pack(1))
    await log.append(pack(1))
    await log.redact(1, pack(9))
    await log.putBlob(blobName(pack(7)), pack(7))
    for (const number of [1, 2, 3, 4])
      await log.setPointer(pointer(number), (await log.getPointer())?.version)
    const names = (name: string): string[] => readdirSync(join(folder, name, write.logId)).sort()
    expect(names('logs')).toEqual(['0000000001'])
    expect(names('blobs')).toEqual([blobName(pack(7))])
    expect(names('pointers')).toEqual(['0000000003', '0000000004'])
    await log.delete()
    expect(readdirSync(join(folder, 'deleted'))).toEqual([write.logId])
    for (const name of ['logs', 'blobs', 'pointers']) expect(readdirSync(join(folder, name))).toEqual([])
  })

  it('tells when the drive is gone, and when it is back', async () => {
    const folder = createFolder()
    const drive = join(folder, 'drive')
    mkdirSync(drive)
    const { write } = await createRemoteAccess()
    const ticks = new Set<() => void>()
    const every = (_: number, act: () => void): (() => void) => {
      ticks.add(act)
      return () => ticks.delete(act)
    }
    const clock = { ...systemClock, every }
    const log = openFolderLog(drive, write, { fs: createNodeFileSystem(), clock })
    await log.append(pack(1))
    const heard = new Heard()
    const has = (kind: string) => heard.until(() => heard.events.some(event => event.kind === kind))
    log.follow(0, heard.listener)
    await heard.reaches(1)
    renameSync(drive, join(folder, 'taken'))
    for (const tick of ticks) tick()
    await has('lost')
    renameSync(join(folder, 'taken'), drive)
    for (const tick of ticks) tick()
    await has('restored')
    log.close()
    expect(ticks.size).toBe(0)
  })

  it('notices that an older copy of the folder took its place', async () => {
    const folder = createFolder()
    const { write } = await createRemoteAccess()
    const log = await folderRemote(folder).open(write)
    for (const number of [1, 2, 3]) await log.append(pack(number))
    rmSync(join(folder, 'logs', write.logId, '0000000003'))
    expect((await log.read(0)).head).toEqual(positionAfter(pack(1), pack(2)))
    expect(await log.append(pack(4))).toEqual(positionAfter(pack(1), pack(2), pack(4)))
  })

  it('takes a file that was not copied to its end for unavailable, not for an entry', async () => {
    const folder = createFolder()
    const { write } = await createRemoteAccess()
    const log = await folderRemote(folder).open(write)
    await log.append(pack(1))
    const file = join(folder, 'logs', write.logId, '0000000001')
    const whole = readFileSync(file)
    for (const length of [0, 10, 38, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length))
      await expect(log.read(0)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    }
    writeFileSync(file, whole)
    expect((await log.read(0)).entries[0]?.pack).toEqual(pack(1))
  })
})
