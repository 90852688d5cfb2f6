import type { CidKey } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import type { HistoryReader } from '../state/history-reader.js'
import { supersededBy, type Version } from '../state/versions.js'

/**
 * The newest version (by height, then CID) that all of these come from: that each of them superseded, directly or by
 * way of others. `undefined` where there is none. What is read are the versions since.
 *
 * Versions are looked at from the newest down, so whatever leads to one was looked at before it: the first one that is
 * reached from all is the base.
 */
export async function findBase(
  reader: HistoryReader,
  id: string,
  leaves: readonly Version[],
): Promise<Version | undefined> {
  const reached = new Map<CidKey, Reached>()
  const reach = (version: Version, from: Iterable<CidKey>) => {
    const known = reached.get(version.node.key) ?? { version, from: new Set() }
    reached.set(version.node.key, known)
    for (const leaf of from) known.from.add(leaf)
  }
  for (const leaf of leaves) reach(leaf, [leaf.node.key])
  for (let next = newest(reached); next !== undefined; next = newest(reached)) {
    const { version, from } = next
    if (from.size === leaves.length) return version
    reached.delete(version.node.key)
    for (const older of await supersededBy(reader, id, [version])) reach(older, from)
  }
  return undefined
}

/** A version, and the leaves that come from it. */
interface Reached {
  readonly version: Version
  readonly from: Set<CidKey>
}

/** Few are open at a time: about as many as there are leaves. */
function newest(reached: ReadonlyMap<CidKey, Reached>): Reached | undefined {
  let found: Reached | undefined
  for (const each of reached.values()) {
    if (found === undefined || compareNodes(each.version.node, found.version.node) > 0) found = each
  }
  return found
}
