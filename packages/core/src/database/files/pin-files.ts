import { assertDocumentId } from '../../codec/document-id.js'
import { type FileInfo, type FilePackPlace, packsOf } from '../../codec/file-info.js'
import { ForeignFiles } from '../../compact/foreign-files.js'
import { createRecordNamer } from '../../crypto/record-name.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import type { FilePacks } from '../../files/file-packs.js'
import { Pins } from '../../files/pins.js'
import type { PackSource } from '../../packs/pack-source.js'
import { STATE_PREFIX } from '../../packs/state-keys.js'
import type { Engine } from '../engine.js'

/** Loads attachments of a document that are not here, and notes that they are to stay. */
export async function pinFiles(engine: Engine, id: unknown, name: unknown): Promise<void> {
  const { named, pins, fetcher, packs } = await open(engine, id, name)
  for (const { pack, files } of named) {
    if (!(await packs.has(pack.name))) await fetcher.fetch(pack)
    for (const file of files) await pins.add(pack.name, file)
    // It may have been let go between the two.
    if (!(await packs.has(pack.name))) await fetcher.fetch(pack)
  }
}

/**
 * Lets attachments of a document go from here, where a remote has them: nothing changes where one of them would be lost. A
 * pack stays that another database of the storage names.
 */
export async function unpinFiles(engine: Engine, id: unknown, name: unknown): Promise<void> {
  const { named, pins, sources, packs, fetcher } = await open(engine, id, name)
  const foreign = new ForeignFiles((await engine.mustGetStore()).records)
  const others = await refreshed(engine, foreign)
  for (const { pack, files } of named) {
    if (others === undefined || others.has(pack.name)) continue
    if (!(await packs.has(pack.name)) || (await pins.isPinnedBeside(pack.name, files))) continue
    if (!(await isOnRemote(pack, sources()))) throw onlyHere(pack)
  }
  for (const { pack, files } of named) {
    if (!(await pins.remove(pack.name, files))) continue
    await removePack(engine, { packs, foreign, name: pack.name })
    // Somebody may have pinned one of its files just now, who found it here.
    if ((await pins.isPinned(pack.name)) && !(await packs.has(pack.name))) await fetcher.fetch(pack)
  }
}

async function refreshed(engine: Engine, foreign: ForeignFiles): Promise<ReadonlySet<string> | undefined> {
  const { ledger } = await engine.open()
  return ledger.exclusive(async writer => {
    await writer.refresh()
    return foreign.read()
  })
}

interface RemovedPack {
  readonly packs: FilePacks
  readonly foreign: ForeignFiles
  readonly name: string
}

/** Unless another database of the storage names it, or comes to do so meanwhile. */
async function removePack(engine: Engine, { packs, foreign, name }: RemovedPack): Promise<void> {
  const { ledger } = await engine.open()
  const attempt = () =>
    ledger.exclusive(async writer => {
      await writer.refresh()
      const seen = { prefix: STATE_PREFIX, keys: writer.store.records.knownKeys }
      const others = await foreign.read()
      if (others === undefined || others.has(name)) return
      await packs.remove([name], { seen })
    })
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
    }
  }
}

/** A pack, and the attachments in it that a call is about. */
interface NamedPack {
  readonly pack: FilePackPlace
  readonly files: string[]
}

async function open(engine: Engine, id: unknown, name: unknown) {
  assertDocumentId(id)
  const byName = new Map<string, NamedPack>()
  for (const [file, info] of await filesOf(engine, id, name)) {
    for (const pack of packsOf(info.pack) ?? []) {
      const found = byName.get(pack.name) ?? { pack, files: [] }
      byName.set(pack.name, found)
      found.files.push(JSON.stringify([id, file]))
    }
  }
  const { packs, fetcher } = await engine.files.open()
  const store = await engine.mustGetStore()
  const nameRecord = await createRecordNamer(store.secrets.contentKey)
  const pins = new Pins({ storage: store.storage, forkNonce: store.forkNonce, nameRecord })
  const sources = () => engine.attachments.packSources(store)
  return { named: [...byName.values()], pins, fetcher, packs, sources }
}

/** The attachments of a document, or the one of a name. */
async function filesOf(engine: Engine, id: string, name: unknown): Promise<[name: string, info: FileInfo][]> {
  if (name !== undefined && typeof name !== 'string')
    throw new FirekeepError('INVALID_OPTION', 'the name of an attachment is a text')
  const document = await engine.read(view => view.shown(id))
  if (document === undefined) throw notFound(JSON.stringify(id), { id })
  const files = (document.shared()._files ?? {}) as Readonly<Record<string, FileInfo>>
  if (name === undefined) return Object.entries(files)
  if (!Object.hasOwn(files, name))
    throw notFound(`attachment ${JSON.stringify(name)} of document ${JSON.stringify(id)}`, { id, file: name })
  return [[name, files[name] as FileInfo]]
}

/** Asks for the last byte: so what was cut off counts as missing. */
async function isOnRemote({ name, length }: FilePackPlace, sources: readonly PackSource[]): Promise<boolean> {
  let failure: unknown
  for (const source of sources) {
    try {
      if ((await source.getRange(name, length - 1, 1))?.length === 1) return true
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== undefined && !hasErrorCode(failure, 'FILE_UNAVAILABLE')) throw failure
  return false
}

function onlyHere({ name }: FilePackPlace): FirekeepError {
  const message = 'the attachment is on no attached remote, so it stays on this device'
  return new FirekeepError('FILE_UNAVAILABLE', message, { details: { pack: name } })
}

function notFound(what: string, details: Record<string, unknown>): FirekeepError {
  return new FirekeepError('NOT_FOUND', `Not found: ${what}`, { details })
}
