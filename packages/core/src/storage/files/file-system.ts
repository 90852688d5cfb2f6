/**
 * What file storage needs of a file system: narrow, so that tests can fail and crash every step.
 *
 * Calls are synchronous where a system call takes microseconds and asynchronous where the disk is waited for.
 * Paths are absolute. A missing file or folder is an answer where a method says so, otherwise an error with
 * Node's `code`.
 */
export interface FileSystem {
  /** Makes the folder (0700) and those above it; one that exists is fine. */
  makeFolder(path: string): void
  /** The names in a folder, in no order; `undefined` where there is no such folder. */
  list(path: string): string[] | undefined
  /** Makes a file (0600) that must not exist yet, to write and read. */
  create(path: string): FileHandle
  /** Opens a file to read; `undefined` where there is none. */
  open(path: string): FileHandle | undefined
  /** The size of a file, `undefined` where there is none. */
  size(path: string): number | undefined
  /** Milliseconds since 1970 of the last write, `undefined` where there is no such file. */
  modified(path: string): number | undefined
  /** Gives a file a second name; `false` where that name is taken. */
  link(path: string, name: string): boolean
  rename(path: string, name: string): void
  /** Removes a name of a file; a missing one is fine. */
  remove(path: string): void
  /** Removes a folder and all that is in it; a missing one is fine. */
  removeFolder(path: string): void
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>
  /** Calls `listener` some time after something in the folder changed; needless calls are fine. */
  watch(path: string, listener: (name: string | null) => void): () => void
  /** Whether the folder is on a file system that only one running kernel can have mounted. */
  isLocal(path: string): boolean
  /** Bytes that the disk of the folder can hold; `undefined` where the platform does not tell. */
  diskSize(path: string): number | undefined
  /** CRC-32 as in zlib. */
  checksum(bytes: Uint8Array): number
}

export interface FileHandle {
  size(): number
  /** Fills `into` from `position`, and answers how many bytes there were. */
  read(into: Uint8Array, position: number): number
  /** As `read`, for amounts worth waiting for. */
  readLater(into: Uint8Array, position: number): Promise<number>
  /** Writes all of the bytes, or throws having written some of them. */
  write(bytes: Uint8Array, position: number): void
  truncate(size: number): void
  /** Makes the content durable (`fdatasync`). */
  sync(): Promise<void>
  close(): void
}
