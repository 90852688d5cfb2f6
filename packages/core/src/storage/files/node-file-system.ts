import { builtInModule } from './built-in-module.js'
import type { FileHandle, FileSystem } from './file-system.js'

/** The file system of Node. */
export function createNodeFileSystem(): FileSystem {
  const fs = builtInModule<NodeFs>('node:fs')
  const zlib = builtInModule<{ crc32(data: Uint8Array): number }>('node:zlib')
  return {
    makeFolder: path => void fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
    list: path => unlessMissing(() => fs.readdirSync(path)),
    create: path => new NodeFileHandle(fs, fs.openSync(path, 'wx+', 0o600)),
    open: path => unlessMissing(() => new NodeFileHandle(fs, fs.openSync(path, 'r'))),
    size: path => fs.statSync(path, { throwIfNoEntry: false })?.size,
    modified: path => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs,
    link: (path, name) => tryToLink(fs, path, name),
    rename: (path, name) => fs.renameSync(path, name),
    remove: path => unlessMissing(() => fs.unlinkSync(path)),
    removeFolder: path => fs.rmSync(path, { recursive: true, force: true }),
    syncFolder: path => syncFolder(fs, path),
    watch: (path, listener) => watchFolder(fs, path, listener),
    isLocal: path => LOCAL_FILE_SYSTEMS.has(fs.statfsSync(path).type),
    diskSize: path => diskSize(fs, path),
    checksum: zlib.crc32,
  }
}

class NodeFileHandle implements FileHandle {
  readonly #fs: NodeFs
  readonly #file: number

  constructor(fs: NodeFs, file: number) {
    this.#fs = fs
    this.#file = file
  }

  size(): number {
    return this.#fs.fstatSync(this.#file).size
  }

  read(into: Uint8Array, position: number): number {
    let done = 0
    while (done < into.length) {
      const count = this.#fs.readSync(this.#file, into, done, into.length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  async readLater(into: Uint8Array, position: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const count = await new Promise<number>((resolve, reject) => {
        this.#fs.read(this.#file, into, done, into.length - done, position + done, (error, bytesRead) =>
          error ? reject(error) : resolve(bytesRead),
        )
      })
      if (count === 0) break
      done += count
    }
    return done
  }

  write(bytes: Uint8Array, position: number): void {
    let done = 0
    while (done < bytes.length) {
      done += this.#fs.writeSync(this.#file, bytes, done, bytes.length - done, position + done)
    }
  }

  truncate(size: number): void {
    this.#fs.ftruncateSync(this.#file, size)
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fs.fdatasync(this.#file, error => (error ? reject(error) : resolve()))
    })
  }

  close(): void {
    this.#fs.closeSync(this.#file)
  }
}

function tryToLink(fs: NodeFs, path: string, name: string): boolean {
  try {
    fs.linkSync(path, name)
    return true
  } catch (error) {
    if ((error as NodeError).code === 'EEXIST') return false
    throw error
  }
}

/** Windows has no such thing as syncing a folder, and its file systems journal names by themselves. */
async function syncFolder(fs: NodeFs, path: string): Promise<void> {
  if (builtInModule<{ platform: string }>('node:process').platform === 'win32') return
  const folder = fs.openSync(path, 'r')
  try {
    await new Promise<void>((resolve, reject) => {
      fs.fsync(folder, error => (error ? reject(error) : resolve()))
    })
  } finally {
    fs.closeSync(folder)
  }
}

/** A watcher that fails (too many watches, folder gone) goes silent: events are hints, and there is a poll. */
function watchFolder(fs: NodeFs, path: string, listener: (name: string | null) => void): () => void {
  const watcher = fs.watch(path, { persistent: false }, (_event, name) => listener(name))
  watcher.on('error', () => watcher.close())
  return () => watcher.close()
}

/** Some network file systems answer 0 where they do not know. */
function diskSize(fs: NodeFs, path: string): number | undefined {
  const { bsize, blocks } = fs.statfsSync(path)
  return bsize * blocks > 0 ? bsize * blocks : undefined
}

function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if ((error as NodeError).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Magic numbers of Linux file systems on local disks: ext2–4, XFS, Btrfs, F2FS, ZFS, bcachefs, tmpfs, overlay.
 * What is not here, network and virtual machine shares above all, may be in use by another running kernel.
 */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x01021994, 0x794c7630,
])

interface NodeError extends Error {
  readonly code?: string
}

type NodeCallback = (error: NodeError | null) => void

/** The part of `node:fs` in use here; declared so that the browser build needs no types of Node. */
interface NodeFs {
  mkdirSync(path: string, options: { recursive: boolean; mode: number }): unknown
  readdirSync(path: string): string[]
  openSync(path: string, flags: string, mode?: number): number
  closeSync(file: number): void
  statSync(path: string, options: { throwIfNoEntry: false }): { size: number; mtimeMs: number } | undefined
  fstatSync(file: number): { size: number }
  statfsSync(path: string): { type: number; bsize: number; blocks: number }
  readSync(file: number, into: Uint8Array, offset: number, length: number, position: number): number
  read(
    file: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
    callback: (error: NodeError | null, bytesRead: number) => void,
  ): void
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number
  ftruncateSync(file: number, size: number): void
  fdatasync(file: number, callback: NodeCallback): void
  fsync(file: number, callback: NodeCallback): void
  linkSync(path: string, name: string): void
  renameSync(path: string, name: string): void
  unlinkSync(path: string): void
  rmSync(path: string, options: { recursive: boolean; force: boolean }): void
  watch(
    path: string,
    options: { persistent: boolean },
    listener: (event: string, name: string | null) => void,
  ): { close(): void; on(event: 'error', listener: () => void): unknown }
}
