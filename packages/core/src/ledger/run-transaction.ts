import { FirekeepError } from '../errors.js'
import type { View } from '../state/view.js'
import type { DocumentWriter } from './document-writer.js'
import { Transaction } from './transaction.js'
import type { WriteCall } from './write-call.js'

export interface TransactionParts {
  readonly view: View
  readonly writer: DocumentWriter
  /** Milliseconds after which the function is given up. */
  readonly timeLimit: number
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Runs a transaction function on a view; `ABORTED` when it takes longer than its time limit. */
export async function runTransaction<T>(
  change: (tx: Transaction) => T | Promise<T>,
  parts: TransactionParts,
): Promise<{ call: WriteCall; result: T }> {
  const { view, writer, timeLimit, delay } = parts
  const tx = new Transaction(view, writer)
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
    return { call: { ...tx.finish(), seen: view }, result }
  } finally {
    done.abort()
    tx.finish()
  }
}
