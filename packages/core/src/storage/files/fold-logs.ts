import type { StorageEntry } from '../storage.js'
import type { FileSystem } from './file-system.js'
import type { FolderState } from './folder-state.js'
import { encodeFrame, type FrameContent, type FramePut } from './frame.js'
import type { LogReader, PlacedFrame } from './log-reader.js'

const CHUNK = 1_048_576

/**
 * What still counts in some logs, as frames for one new log that takes their place; in chunks to write.
 *
 * Frames keep their sequence numbers, so that a reader who knows the sources sees copies. Of a frame stay the
 * values that are the latest of their key and the deletes that some log still needs: while there are logs that
 * are not folded, all of keys that are not there; otherwise those with an older put in the sources, which are
 * not unlinked all at once. They go with the next fold. An empty frame carries on the highest number, so
 * that none is given twice.
 */
export function* foldLogs(
  sources: readonly LogReader[],
  state: FolderState,
  checksum: FileSystem['checksum'],
): Generator<Uint8Array> {
  const frames = sources.flatMap(log => [...log.readAgain()]).sort((a, b) => a.frame.seq - b.frame.seq)
  const isNeeded = state.logs().length > sources.length ? () => true : olderPuts(frames)
  let last = 0
  let chunk: Uint8Array[] = []
  let size = 0
  for (const placed of frames) {
    const content = whatCounts(placed, state, isNeeded)
    if (content === undefined) continue
    last = content.seq
    const bytes = encodeFrame(content, checksum)
    chunk.push(bytes)
    size += bytes.length
    if (size < CHUNK) continue
    yield join(chunk, size)
    chunk = []
    size = 0
  }
  if (last < state.lastSeq) chunk.push(encodeFrame({ seq: state.lastSeq, puts: [], deletes: [] }, checksum))
  yield join(chunk)
}

type IsNeeded = (key: string, seq: number) => boolean

/** Whether an earlier frame puts the key. */
function olderPuts(frames: readonly PlacedFrame[]): IsNeeded {
  const firstSeq = new Map<string, number>()
  for (const { frame } of frames) {
    for (const { key } of frame.puts) if (!firstSeq.has(key)) firstSeq.set(key, frame.seq)
  }
  return (key, seq) => (firstSeq.get(key) ?? seq) < seq
}

function whatCounts(
  { frame, log, offset }: PlacedFrame,
  state: FolderState,
  isNeeded: IsNeeded,
): FrameContent | undefined {
  const isLatest = ({ key, offset: inFrame }: FramePut): boolean => {
    const place = state.places.get(key)
    return place !== undefined && place.log === log && place.offset === offset + inFrame
  }
  const puts = frame.puts.filter(isLatest).map(put => withValue(put, log, offset))
  const deletes = frame.deletes.filter(key => state.places.get(key) === undefined && isNeeded(key, frame.seq))
  return puts.length + deletes.length === 0 ? undefined : { seq: frame.seq, puts, deletes }
}

function withValue(put: FramePut, log: LogReader, offset: number): FrameContent['puts'][number] {
  const { key, length, file } = put
  if (file !== undefined) return [key, { file, length }]
  return [key, log.readBytes(offset + put.offset, length)] satisfies StorageEntry
}

function join(
  chunk: readonly Uint8Array[],
  size = chunk.reduce((sum, bytes) => sum + bytes.length, 0),
): Uint8Array {
  const joined = new Uint8Array(size)
  let at = 0
  for (const bytes of chunk) {
    joined.set(bytes, at)
    at += bytes.length
  }
  return joined
}
