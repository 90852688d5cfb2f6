import type { CidKey } from '../codec/cid.js'
import { type CommitRef, findAncestors } from '../commits/ancestry.js'
import { FirekeepError } from '../errors.js'
import type { LoadedCommit, View } from '../state/view.js'
import type { OpenedEntry } from './log-opener.js'

/** A version whose content a redacted entry did not have. */
interface Withheld {
  readonly seq: number
  readonly id: string
  readonly commit: CommitRef
}

/**
 * Whether contents that are missing in redacted entries were purged: what a remote takes out of its log has to be
 * erased by somebody who may write. A purge that superseded a version comes after it, so that is decided when the log
 * was read to its end.
 */
export class RedactionCheck {
  #withheld: Withheld[] = []
  readonly #purgesById = new Map<string, CommitRef[]>()

  /** Takes note of a step of the log; `fresh` are the commits of it that were new here. */
  note(opened: readonly OpenedEntry[], fresh: readonly LoadedCommit[]): void {
    const freshByKey = new Map<CidKey, LoadedCommit>(fresh.map(each => [each.commit.key, each]))
    for (const { entry, batch } of opened) {
      for (const { commit } of batch.commits) {
        const loaded = freshByKey.get(commit.key)
        if (loaded === undefined) continue
        for (const op of commit.ops) {
          if (op.purge) this.#purgesById.set(op.id, [...(this.#purgesById.get(op.id) ?? []), commit])
          const isMissing = op.body !== null && !loaded.documents.has(op.id)
          if (entry.isRedacted && isMissing) this.#withheld.push({ seq: entry.seq, id: op.id, commit })
        }
      }
    }
  }

  /** At the end of the log: what was taken out although nobody purged it. */
  async settle(view: View): Promise<FirekeepError[]> {
    const withheld = this.#withheld
    this.#withheld = []
    const found = await Promise.all(withheld.map(each => this.#isPurged(each, view)))
    this.#purgesById.clear()
    return withheld.filter((_, i) => !found[i]).map(({ seq, commit }) => takenOut(seq, commit))
  }

  async #isPurged({ id, commit }: Withheld, view: View): Promise<boolean> {
    const purges = this.#purgesById.get(id) ?? []
    const nodes = (await Promise.all(purges.map(ref => view.nodeOf(ref)))).filter(node => node !== undefined)
    const answers = await findAncestors(
      nodes.map(node => ({ commit: node, ancestor: commit })),
      ref => view.nodeOf(ref),
    )
    return answers.includes(true)
  }
}

function takenOut(seq: number, { height }: CommitRef): FirekeepError {
  return new FirekeepError(
    'CORRUPT',
    `entry ${seq} of the log lacks a content of a commit of height ${height}, and nobody purged it`,
    { details: { seq } },
  )
}
