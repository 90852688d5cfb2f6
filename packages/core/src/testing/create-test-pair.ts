import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createTestDatabase } from './create-test-database.js'
import { SwitchableRemote } from './switchable-remote.js'

/** Two replicas of one database on two devices. */
export interface TestPair<D extends object> {
  readonly a: Database<D>
  readonly b: Database<D>
  /** Cuts both off; each goes on by itself. */
  offline(): void
  online(): void
  close(): Promise<void>
}

const attachmentsByPair = new WeakMap<object, readonly Attachment[]>()

/**
 * Two replicas that exchange commits through a remote in memory.
 *
 * @example
 * ```ts
 * const pair = createTestPair()
 * pair.offline()
 * await pair.a.put({ _id: 'x', by: 'a' })
 * await pair.b.put({ _id: 'x', by: 'b' })
 * pair.online()
 * await settled(pair) // both show the same winner
 * ```
 */
export function createTestPair<D extends object = AnyDocument>(): TestPair<D> {
  const key = new Uint8Array(32).fill(7)
  const a = createTestDatabase<D>({ key, seed: 1 })
  const b = createTestDatabase<D>({ key, seed: 2 })
  const log = new MemoryRemote()
  const links = [new SwitchableRemote(log), new SwitchableRemote(log)] as const
  const switchAll = (isOnline: boolean) => {
    for (const link of links) link.switch(isOnline)
  }
  const pair: TestPair<D> = {
    a,
    b,
    offline: () => switchAll(false),
    online: () => switchAll(true),
    close: async () => {
      await Promise.all([a.close(), b.close()])
    },
  }
  attachmentsByPair.set(pair, [a.attach(links[0]), b.attach(links[1])])
  return pair
}

/** Resolves when both replicas of a pair that is online hold the same history. */
export async function settled(pair: TestPair<never> | TestPair<AnyDocument>): Promise<void> {
  const { a, b } = pair
  for (;;) {
    const clocks = [await a.clock(), await b.clock()]
    for (const attachment of attachmentsByPair.get(pair) ?? []) await attachment.synced()
    const after = [await a.clock(), await b.clock()]
    if (String(after[0]) === String(after[1]) && String(clocks) === String(after)) return
  }
}
