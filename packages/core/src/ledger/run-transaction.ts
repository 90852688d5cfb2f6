import type { FileSource } from '../codec/stored-file.js'
import { FirekeepError } from '../errors.js'
import type { View } from '../state/view.js'
import type { DocumentDraft } from './document-draft.js'
import type { DocumentWriter, WrittenDocument } from './document-writer.js'
import { mustBeWritten } from './must-be-written.js'
import { toRequest } from './to-request.js'
import { Transaction } from './transaction.js'
import type { WriteCall } from './write-call.js'

export interface TransactionParts {
  readonly view: View
  readonly writer: DocumentWriter
  /** Milliseconds after which the function is given up. */
  readonly timeLimit: number
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Where attachments of the documents it reads are loaded from. */
  readonly files?: FileSource
  /** Stores new attachments when the function is through; without it they are refused. */
  readonly store?: (
    prepared: readonly (WrittenDocument | DocumentDraft)[],
  ) => Promise<readonly WrittenDocument[]>
}

/** Runs a transaction function on a view; `ABORTED` when it takes longer than its time limit. */
export async function runTransaction<T>(
  change: (tx: Transaction) => T | Promise<T>,
  parts: TransactionParts,
): Promise<{ call: WriteCall; result: T }> {
  const {
    view,
    writer,
    timeLimit,
    delay,
    files,
    store = async prepared => prepared.map(mustBeWritten),
  } = parts
  const tx = new Transaction(view, writer, files)
  const done = new AbortController()
  const late = delay(timeLimit, done.signal).then(() => {
    if (done.signal.aborted) return
    throw new FirekeepError(
      'ABORTED',
      `the transaction took longer than ${timeLimit} ms and wrote nothing; inside it use only the transaction itself, as other writes and reads of the database wait for it`,
    )
  })
  try {
    const result = await Promise.race([(async () => change(tx))(), late as Promise<never>])
    return { call: { ...toRequest(await store(tx.finish())), seen: view }, result }
  } finally {
    done.abort()
    tx.finish()
  }
}
