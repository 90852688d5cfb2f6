import type { AnyDocument } from '../database/document-types.js'
import { toFirekeepError } from '../errors.js'
import { type Claim, inState, withClaim } from './claim-job.js'
import type { ClaimRecord } from './claim-record.js'
import { decide, type JobDatabase } from './decide.js'
import { digestOf, type JobSpec } from './job-spec.js'
import { type JobVersion, type JudgedVersion, judge } from './judge-versions.js'
import { contentOf, isSameField, mergeEdits } from './merge-edits.js'

/** What became of what a worker wanted to write into a job that it has. */
export type Written = 'written' | 'lost' | 'apart'

/**
 * A job that was claimed, and what its holder writes into it. Others may edit the document meanwhile: fields that they changed
 * stay as they are, and where both changed the same field both versions stay, as a conflict.
 */
export class HeldJob {
  readonly #db: JobDatabase
  readonly #spec: JobSpec
  #claim: Claim
  /** The newest turn that counts. What a crash or a failure left above it never did, so none is built on it. */
  #confirmed: number

  constructor(db: JobDatabase, spec: JobSpec, claim: Claim) {
    this.#db = db
    this.#spec = spec
    this.#claim = claim
    this.#confirmed = claim.record.turn - 1
  }

  /** The newest claim that was written. */
  get claim(): Claim {
    return this.#claim
  }

  /** A turn of the claim was found to count. */
  confirmed(turn: number): void {
    this.#confirmed = turn
  }

  /** Shows that the holder is alive. Where the document was written apart nothing is: nobody takes that over either. */
  async renew(changes: Partial<ClaimRecord> = {}): Promise<Written> {
    let renewed: Omit<Claim, 'clock'> | undefined
    const { written, clock } = await this.#write((own, merged, others) => {
      renewed = undefined
      const isDoubtful = own.claim.turn > this.#confirmed && others.some(({ phase }) => phase === 'claimed')
      if (merged === undefined || isDoubtful) return 'apart'
      const { by } = this.#claim.record
      const record = { ...own.claim, ...changes, by, turn: this.#confirmed + 1 }
      renewed = { id: this.#claim.id, record, content: merged }
      return withClaim(merged, record, this.#spec)
    })
    if (renewed !== undefined && clock !== undefined) this.#claim = { ...renewed, clock }
    return written
  }

  /** Gives the job back as it was found. */
  async release(): Promise<Written> {
    const { written } = await this.#write((own, merged, others) => {
      if (merged === undefined || others.some(({ phase }) => phase === 'claimed')) return 'apart'
      const { by: _by, lease: _lease, ...rest } = own.claim
      const record = { ...rest, turn: this.#confirmed }
      return withClaim(inState(merged, this.#spec, this.#spec.from), record, this.#spec)
    })
    return written
  }

  /** Writes how it ended. What the action returns is merged into the document as it is by then. */
  async finish(patch: AnyDocument, state: unknown): Promise<Written> {
    const { written } = await this.#write((own, merged) => {
      if (merged === undefined || !this.#isFree(merged, patch)) return 'apart'
      return this.#ended(merged, patch, { state, claim: own.claim })
    })
    if (written !== 'apart') return written
    const { id, content, record, clock } = this.#claim
    await this.#db.put(
      { ...this.#ended(content, patch, { state, claim: record }), _id: id },
      { basedOn: clock },
    )
    return 'apart'
  }

  /** Whether nobody else changed what the action changes. */
  #isFree(merged: AnyDocument, patch: AnyDocument): boolean {
    const { content } = this.#claim
    return Object.keys(patch).every(
      field =>
        field === '_files' ||
        isSameField(merged[field], content[field], field) ||
        isSameField(merged[field], patch[field], field),
    )
  }

  #ended(
    content: AnyDocument,
    patch: AnyDocument,
    { state, claim }: { readonly state: unknown; readonly claim: ClaimRecord },
  ): AnyDocument {
    const { by: _by, lease: _lease, ...record } = claim
    const files = { ...content._files, ...patch._files }
    const doc = inState({ ...content, ...patch }, this.#spec, state)
    const whole = Object.keys(files).length > 0 ? { ...doc, _files: files } : doc
    return withClaim(whole, { ...record, ended: digestOf(whole, this.#spec) }, this.#spec)
  }

  /** Lets the holder write, where the job is still his; `merged` is `undefined` where edits of others contradict each other. */
  async #write(make: Make) {
    let written: Written = 'lost'
    const clock = await decide(this.#db, this.#claim.id, versions => {
      written = 'lost'
      const own = this.#find(versions)
      if (own === undefined) return undefined
      const made = make(own.version, own.merged, own.others)
      written = made === 'apart' ? 'apart' : 'written'
      return made === 'apart' ? undefined : made
    })
    return { written: written as Written, clock }
  }

  #find(versions: readonly JobVersion[]) {
    const { by, key } = this.#claim.record
    const all = versions.map(version => judge(version, this.#spec))
    const own = all.find((version): version is OwnVersion => isHeldBy(version, by))
    const others = all.filter(version => version !== own)
    if (own === undefined || others.some(({ claim }) => claim !== undefined && claim.turn > own.claim.turn))
      return undefined
    // A deletion counts, and so does a result that is stored.
    const isOver = ({ phase, claim }: JudgedVersion) =>
      phase === 'deleted' || (phase === 'ended' && claim?.key === key)
    if (others.some(isOver)) return undefined
    return { version: own, merged: this.#merge(own, others), others }
  }

  #merge(own: OwnVersion, others: readonly JudgedVersion[]): AnyDocument | undefined {
    if (others.some(({ phase }) => phase === 'other' || phase === 'ended')) return undefined
    const content = contentOf(own.doc, this.#spec)
    const state = content[this.#spec.field]
    // That it waits, or is claimed by another, is no edit of its state.
    const edited = others.map(({ doc }) => this.#inOwnState(contentOf(doc, this.#spec), state))
    return mergeEdits(content, edited, this.#inOwnState(this.#claim.content, state))
  }

  #inOwnState(content: AnyDocument, state: unknown): AnyDocument {
    const { [this.#spec.field]: _state, ...rest } = content
    return state === undefined ? rest : { ...rest, [this.#spec.field]: state }
  }
}

/** What is written in place of the own version and the others; `apart` where they contradict each other. */
type Make = (
  own: OwnVersion,
  merged: AnyDocument | undefined,
  others: readonly JudgedVersion[],
) => AnyDocument | 'apart'

type OwnVersion = JudgedVersion & { readonly claim: ClaimRecord }

function isHeldBy({ phase, claim }: JudgedVersion, by: string): boolean {
  return phase === 'claimed' && claim?.by === by
}

/** What a failed attempt says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : toFirekeepError(error).message
}
