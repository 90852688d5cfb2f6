import type {
  AppendPackOptions,
  BlobBytes,
  GetBlobOptions,
  LogPage,
  LogPosition,
  ReadLogOptions,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from '../protocol/remote.js'

/** A log that hands every verb on to another: override what is to be different. */
export class ForwardingLog implements RemoteLog {
  readonly log: RemoteLog

  constructor(log: RemoteLog) {
    this.log = log
  }

  append(pack: Uint8Array, options?: AppendPackOptions): Promise<LogPosition> {
    return this.log.append(pack, options)
  }

  read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    return this.log.read(after, options)
  }

  digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    return this.log.digests(after, limit, signal)
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    return this.log.follow(after, listener)
  }

  putBlob(name: string, bytes: BlobBytes, signal?: AbortSignal): Promise<void> {
    return this.log.putBlob(name, bytes, signal)
  }

  getBlob(name: string, options?: GetBlobOptions): Promise<Uint8Array | undefined> {
    return this.log.getBlob(name, options)
  }

  getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    return this.log.getPointer(signal)
  }

  setPointer(pointer: RemotePointer, replaces: string | undefined, signal?: AbortSignal): Promise<boolean> {
    return this.log.setPointer(pointer, replaces, signal)
  }

  redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.log.redact(seq, pack, signal)
  }

  delete(signal?: AbortSignal): Promise<void> {
    return this.log.delete(signal)
  }

  close(): void {
    this.log.close()
  }
}
