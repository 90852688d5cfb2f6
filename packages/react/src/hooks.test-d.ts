import { type Database, type Deleted, firekeep, type Stored } from '@firekeep/core'
import { expectTypeOf } from 'vitest'
import { createHooks } from './create-hooks.js'
import { FirekeepProvider } from './firekeep-provider.js'
import { useAllDocs } from './use-all-docs.js'
import { useDocument } from './use-document.js'
import { useFirekeep } from './use-firekeep.js'
import { useLiveQuery } from './use-live-query.js'

interface Task {
  title: string
  state: 'open' | 'done'
  at: number
  author: { name: string }
  tags?: string[]
}
interface Note {
  text: string
  at: number
}

const hooks = createHooks<Task>()

export function useFieldsAndKeysAreInferred() {
  const { docs, rows } = hooks.useLiveQuery('state', { key: 'open' })
  expectTypeOf(docs).toEqualTypeOf<readonly Stored<Task>[]>()
  expectTypeOf(rows[0]?.key).toEqualTypeOf<'open' | 'done' | undefined>()
  expectTypeOf(rows[0]?.value).toEqualTypeOf<null | undefined>()
  expectTypeOf(hooks.useLiveQuery('author.name').rows[0]?.key).toEqualTypeOf<string | undefined>()
  // @ts-expect-error no such field
  hooks.useLiveQuery('stat')
  // @ts-expect-error no such state
  hooks.useLiveQuery('state', { key: 'opened' })
}

export function useListsOfFieldsGiveArrayKeys() {
  const { rows } = hooks.useLiveQuery(['state', 'at'], {
    range: [
      ['open', 0],
      ['open', 9],
    ],
  })
  expectTypeOf(rows[0]?.key).toEqualTypeOf<readonly ['open' | 'done', number] | undefined>()
  // @ts-expect-error the second element is a number
  hooks.useLiveQuery(['state', 'at'], { key: ['open', '1'] })
}

export function useMapFunctionsInferKeysAndValues() {
  const returned = hooks.useLiveQuery(task => (task.state === 'open' ? task.at : undefined), { key: 1 })
  expectTypeOf(returned.rows[0]?.key).toEqualTypeOf<number | undefined>()
  const emitted = hooks.useLiveQuery((task, emit: (key: string, value: number) => void) =>
    emit(task.title, task.at),
  )
  expectTypeOf(emitted.rows[0]?.value).toEqualTypeOf<number | undefined>()
  // @ts-expect-error keys are numbers
  hooks.useLiveQuery(task => task.at, { key: 'x' })
}

export function useTheDatabaseGivesTheTypes() {
  const database = firekeep<Task>('tasks')
  expectTypeOf(useLiveQuery('at', { database }).rows[0]?.key).toEqualTypeOf<number | undefined>()
  expectTypeOf(useAllDocs({ database }).docs).toEqualTypeOf<readonly Stored<Task>[]>()
  expectTypeOf(useAllDocs({ database, includeDeleted: true }).docs[0]).toEqualTypeOf<
    Stored<Task> | Deleted | undefined
  >()
  expectTypeOf(useDocument('a', { database }).doc).toEqualTypeOf<Stored<Task> | undefined>()
  // @ts-expect-error a task has more fields
  useDocument({ title: '' }, { database })
  // @ts-expect-error no such field
  useLiveQuery('stat', { database })
}

export function useTypesMayBeGiven() {
  expectTypeOf(useFirekeep<Task>('tasks')).toEqualTypeOf<Database<Task>>()
  expectTypeOf(useLiveQuery<Task>('state').docs).toEqualTypeOf<readonly Stored<Task>[]>()
  expectTypeOf(useDocument({ text: '', at: 0 }).doc.text).toEqualTypeOf<string>()
  expectTypeOf(useDocument('a').doc?.anything).toBeAny()
  expectTypeOf(useLiveQuery('any.field', { key: 1 }).docs[0]?.anything).toBeAny()
}

export function useDocumentsKnowTheirFields() {
  const { doc, merge, replace, submit } = hooks.useDocument({
    title: '',
    state: 'open',
    at: 0,
    author: { name: '' },
  })
  expectTypeOf(doc.state).toEqualTypeOf<'open' | 'done'>()
  merge({ state: 'done', tags: undefined })
  expectTypeOf(submit).toExtend<(data: FormData) => Promise<void>>()
  // @ts-expect-error no such state
  merge({ state: 'finished' })
  // @ts-expect-error a whole document
  replace({ state: 'done' })
}

const mixed = createHooks<Task | Note>()

export function useSeveralTypesOfDocuments() {
  expectTypeOf(mixed.useLiveQuery('at').rows[0]?.key).toEqualTypeOf<number | undefined>()
  expectTypeOf(mixed.useLiveQuery('text').docs).toEqualTypeOf<readonly Stored<Task | Note>[]>()
  const { doc } = mixed.useDocument<Note>({ text: '', at: 0 })
  expectTypeOf(doc.text).toEqualTypeOf<string>()
}

export function useTypedChanges() {
  expectTypeOf(hooks.useChanges().docs[0]).toEqualTypeOf<Stored<Task> | Deleted | undefined>()
  hooks.FirekeepProvider({ database: firekeep<Task>('tasks') })
  FirekeepProvider({ database: firekeep<Task>('tasks') })
  // @ts-expect-error a database of other documents
  hooks.FirekeepProvider({ database: firekeep<Note>('notes') })
}

/** Functions keep the literals of the documents they make. */
export function useMadeTask() {
  type Job = { type: 'task'; state: 'please-run' | 'ran-ok' }
  const { doc } = useDocument<Job>(() => ({ type: 'task', state: 'please-run' }))
  expectTypeOf(doc.state).toEqualTypeOf<'please-run' | 'ran-ok'>()
  const { doc: typed } = createHooks<Job>().useDocument(() => ({ type: 'task', state: 'please-run' }))
  expectTypeOf(typed.state).toEqualTypeOf<'please-run' | 'ran-ok'>()
}

export function useTypedConflictsAndHistory() {
  const { conflicts, resolve } = hooks.useConflicts()
  expectTypeOf(conflicts[0]?.winner.doc).toEqualTypeOf<Stored<Task> | Deleted | undefined>()
  void resolve('a', { title: '', state: 'open', at: 0, author: { name: '' } })
  void resolve('a', versions => versions[0]?.doc ?? null)
  // @ts-expect-error no such state
  void resolve('a', { title: '', state: 'opened', at: 0, author: { name: '' } })
  // @ts-expect-error a database of other documents
  hooks.useConflicts(firekeep<Note>('notes'))
  const { versions, commits } = hooks.useHistory('a')
  expectTypeOf(versions[0]?.doc).toEqualTypeOf<Stored<Task> | Deleted | undefined>()
  expectTypeOf(commits[0]?.ids).toEqualTypeOf<readonly string[] | undefined>()
}
