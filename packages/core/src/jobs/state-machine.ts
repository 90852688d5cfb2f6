import type { Database, PutResult } from '../database/database.js'
import type { AnyDocument, Clock, Draft, Stored } from '../database/document-types.js'
import { FirekeepError } from '../errors.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'

/** Which states documents pass through. */
export interface StateMachineOptions<S extends string> {
  /** The field that holds the state. Default `state`. */
  readonly field?: string
  /** All states; a document without a state is in the first one. */
  readonly states: readonly S[]
  /** Where one may go from each state; one that is left out is a last state. */
  readonly transitions: Readonly<Partial<Record<S, readonly NoInfer<S>[]>>>
}

/** What a step makes of the other fields: fields to set, or a function that gets the document and returns them. A field that is `undefined` is removed. */
export type Patch<D> = PatchFields<D> | ((doc: Stored<D>) => PatchFields<D>)

type PatchFields<D> = { readonly [F in keyof D]?: D[F] | undefined }

export interface TransitionOptions<S extends string> {
  /** The state that the decision was made on: `STALE` where it is another by now. */
  readonly from?: S
  /** The clock that the decision was made on: `STALE` where the document is another one since, in whatever field. */
  readonly basedOn?: Clock
}

/** The states of a kind of documents and the steps between them. */
export interface StateMachine<S extends string> {
  readonly field: string
  readonly states: readonly S[]
  /** The state of a document; `ILLEGAL_TRANSITION` where it is none of this machine. */
  stateOf(doc: object): S
  /** Where one may go from the state of a document. */
  nextStates(doc: object): readonly S[]
  /** Whether one may go there from the state of a document; `false` too where its state is none of this machine. */
  canGo(doc: object, to: S): boolean
  /**
   * Moves a document to another state, in one step that no other tab or process comes between, and answers its clock.
   * Who moved it, and when, is in `db.history(id)`.
   *
   * `ILLEGAL_TRANSITION` where one may not go there (`details.from`, `details.legal`), `STALE` where somebody else moved
   * it since the call, or since what the options name, `NOT_FOUND` where it is missing. Nothing is written then. What two
   * devices decided apart stays visible as a conflict.
   */
  transition<D extends object = AnyDocument>(
    db: TransitionDatabase<D>,
    id: string,
    to: S,
    patch?: Patch<D>,
    options?: TransitionOptions<S>,
  ): Promise<PutResult>
}

/** What a step takes of a database. */
export type TransitionDatabase<D extends object> = Pick<Database<D>, 'get' | 'put' | 'update'>

/**
 * Describes the states of documents, such as an application from draft to mailed. `INVALID_OPTION` for a definition that
 * contradicts itself: a state that is named twice, or a step from or to one that is none.
 *
 * @example
 * ```ts
 * const machine = stateMachine({
 *   states: ['draft', 'testing', 'approved', 'rejected'],
 *   transitions: { draft: ['testing'], testing: ['approved', 'rejected'], rejected: ['testing'] },
 * })
 * await machine.transition(db, id, 'testing', { clerk: 'Ada' })
 * ```
 */
export function stateMachine<const S extends string>(options: StateMachineOptions<S>): StateMachine<S> {
  const { field, states, legalByState } = readDefinition<S>(options)
  const stateOf = (doc: object): S => {
    const state = (doc as AnyDocument)[field] ?? states[0]
    if (legalByState.has(state)) return state
    throw new FirekeepError(
      'ILLEGAL_TRANSITION',
      `${JSON.stringify(state)} in field \`${field}\` is no state here; there are ${list(states)}`,
      { details: { from: state, legal: [] } },
    )
  }
  const nextStates = (doc: object) => legalByState.get(stateOf(doc)) as readonly S[]
  const assertLegal = (doc: object, to: S) => {
    const legal = nextStates(doc)
    if (legal.includes(to)) return
    const from = stateOf(doc)
    const ways =
      legal.length > 0 ? `from there one may go to ${list(legal)}` : 'that is the last state of a document'
    throw new FirekeepError(
      'ILLEGAL_TRANSITION',
      `a document in state ${JSON.stringify(from)} does not go to ${JSON.stringify(to)}: ${ways}`,
      { details: { from, to, legal } },
    )
  }
  return {
    field,
    states,
    stateOf,
    nextStates,
    canGo: (doc, to) => {
      const state = (doc as AnyDocument)[field] ?? states[0]
      return legalByState.get(state)?.includes(to) ?? false
    },
    async transition<D extends object>(...[db, id, to, patch, options]: Step<D, S>) {
      const { from, basedOn } = readTransition(options)
      const seen = await db.get(id)
      const state = from ?? stateOf(seen)
      if (stateOf(seen) !== state) throw moved(id, stateOf(seen))
      assertLegal(seen, to)
      const step = (doc: Stored<D>) => patched(doc, patch, { [field]: to })
      if (basedOn !== undefined) return db.put(step(seen), { basedOn: basedOn as Clock, ifStale: 'fail' })
      return db.update(id, doc => {
        if (doc === undefined) throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`)
        if (stateOf(doc) !== state) throw moved(id, stateOf(doc))
        return step(doc)
      })
    },
  }
}

type Step<D extends object, S extends string> = [
  db: TransitionDatabase<D>,
  id: string,
  to: S,
  patch?: Patch<D>,
  options?: TransitionOptions<S>,
]

/** As the method of a machine. */
export function transition<S extends string, D extends object = AnyDocument>(
  machine: StateMachine<S>,
  ...step: Step<D, NoInfer<S>>
): Promise<PutResult> {
  return machine.transition(...step)
}

function patched<D extends object>(
  doc: Stored<D>,
  patch: Patch<D> | undefined,
  state: AnyDocument,
): Draft<D> {
  const fields = typeof patch === 'function' ? patch(doc) : patch
  return { ...doc, ...fields, ...state, _id: doc._id } as Draft<D>
}

function moved(id: string, state: string): FirekeepError {
  return new FirekeepError(
    'STALE',
    `somebody else moved document ${JSON.stringify(id)}: it is in state ${JSON.stringify(state)} now; read it again and decide again`,
    { details: { id, state } },
  )
}

function readTransition(options: unknown) {
  const given = new CheckedOptions(options, ['from', 'basedOn'])
  return { from: given.get('from'), basedOn: given.get('basedOn') }
}

interface Definition<S extends string> {
  readonly field: string
  readonly states: readonly S[]
  readonly legalByState: ReadonlyMap<unknown, readonly S[]>
}

function readDefinition<S extends string>(options: unknown): Definition<S> {
  const given = new CheckedOptions(options, ['field', 'states', 'transitions'])
  const [field, states, steps] = [
    given.get('field') ?? 'state',
    given.get('states'),
    given.get('transitions'),
  ]
  if (typeof field !== 'string' || field === '' || field.startsWith('_'))
    throw invalidOption('field', 'is the name of a field that does not begin with _')
  if (!isTextList(states) || states.length === 0 || new Set(states).size < states.length)
    throw invalidOption('states', 'is a list of different texts, at least one')
  if (typeof steps !== 'object' || steps === null)
    throw invalidOption('transitions', 'says for each state where one may go: { from: [to] }')
  const legalByState = new Map<unknown, readonly S[]>(states.map(state => [state, []]))
  for (const [from, to] of Object.entries(steps)) {
    if (!isTextList(to))
      throw invalidOption('transitions', `has no list of states for ${JSON.stringify(from)}`)
    const unknown = [from, ...to].find(state => !states.includes(state))
    if (unknown !== undefined)
      throw invalidOption('transitions', `names ${JSON.stringify(unknown)}, which is none of the states`)
    legalByState.set(from, Object.freeze([...to]) as readonly S[])
  }
  return { field, states: Object.freeze([...states]) as readonly S[], legalByState }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(each => typeof each === 'string')
}

function list(states: readonly string[]): string {
  return states.map(state => JSON.stringify(state)).join(', ')
}
