import type { FilePlace } from '../../codec/stored-file.js'
import { FirekeepError } from '../../errors.js'
import type { LoadOptions } from '../../files/file-loader.js'
import { CheckedOptions } from '../../query/checked-options.js'
import type { OpenFiles } from './open-files.js'

/** All of an attachment as a `File` of its name. */
export async function loadFile({ loader }: OpenFiles, place: FilePlace, options: unknown): Promise<File> {
  const given = new CheckedOptions(options, ['signal', 'onProgress'])
  const { name, info } = place
  const { type, lastModified, size } = info
  const pieces: BlobPart[] = []
  for await (const piece of loader.read(place, { start: 0, end: size, ...readLoadOptions(given) }))
    pieces.push(piece as BlobPart)
  return new File(pieces, name, { type, lastModified })
}

interface ReadRequest {
  readonly options: unknown
  /** Fires when nobody reads on. */
  readonly cancelled: AbortSignal
}

/** A range of an attachment, in pieces. */
export async function* readFile(
  { loader }: OpenFiles,
  place: FilePlace,
  { options, cancelled }: ReadRequest,
): AsyncGenerator<Uint8Array, void> {
  const given = new CheckedOptions(options, ['signal', 'onProgress', 'start', 'end'])
  const { size } = place.info
  const start = given.count('start', 0)
  const end = Math.min(given.count('end', size), size)
  if (start > end) {
    const message = `option \`start\` is ${start}, behind the end at ${end}`
    throw new FirekeepError('INVALID_OPTION', message, { details: { option: 'start' } })
  }
  const { signal, onProgress } = readLoadOptions(given)
  const either = signal === undefined ? cancelled : AbortSignal.any([signal, cancelled])
  yield* loader.read(place, { start, end, signal: either, onProgress })
}

function readLoadOptions(given: CheckedOptions): LoadOptions {
  return {
    signal: given.get('signal') as AbortSignal | undefined,
    onProgress: given.get('onProgress') as LoadOptions['onProgress'],
  }
}
