import { FirekeepError } from '@firekeep/core'

const DAMAGED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB'])

/** What a caller is told of an error of the disk or the database file; errors of ours stay as they are. */
export function storageFailure(cause: unknown, file: string): FirekeepError {
  if (cause instanceof FirekeepError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const code = String((cause as { code?: unknown } | undefined)?.code)
  if ([...DAMAGED].some(damaged => code.startsWith(damaged))) {
    const wayOut =
      'Restore the folder from a backup, or move it away and start empty: clients send again what they have.'
    return new FirekeepError('CORRUPT', `${file} is damaged (${reason}). ${wayOut}`, {
      cause,
      details: { file },
    })
  }
  const wayOut = 'See that the folder exists, may be written to and has room, then try again.'
  return new FirekeepError('STORAGE_FAILED', `${file} cannot be used (${reason}). ${wayOut}`, {
    cause,
    details: { file },
  })
}

/** Runs what touches a file; its failures become those of {@link storageFailure}. */
export async function onDisk<T>(file: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw storageFailure(error, file)
  }
}
