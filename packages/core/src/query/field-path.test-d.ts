import { describe, expectTypeOf, it } from 'vitest'
import type { FieldPath, FieldsValue, FieldValue } from './field-path.js'
import type { IndexKey, KeyPrefix, MapFunction, QueryOptions, QueryResult } from './query-types.js'

interface Task {
  type: 'task'
  state: 'open' | 'done'
  priority?: number
  author: { name: string; address?: { city: string } }
  tags: string[]
  at: Date
  key: Uint8Array
  parent: string | null
}

interface Note {
  type: 'note'
  text: string
  author: { name: string }
}

// biome-ignore lint/suspicious/noExplicitAny: the type of documents that are not typed
type Untyped = Record<string, any>

describe('the fields of a document type', () => {
  it('are its own and nested ones, without those that hold no keys', () => {
    expectTypeOf<FieldPath<Task>>().toEqualTypeOf<
      | '_id'
      | 'type'
      | 'state'
      | 'priority'
      | 'author.name'
      | 'author.address.city'
      | 'tags'
      | 'at'
      | 'key'
      | 'parent'
    >()
  })

  it('are those of all members of a union', () => {
    expectTypeOf<FieldPath<Task | Note>>().toEqualTypeOf<FieldPath<Task> | 'text'>()
    expectTypeOf<FieldValue<Task | Note, 'type'>>().toEqualTypeOf<'task' | 'note'>()
    expectTypeOf<FieldValue<Task | Note, 'text'>>().toEqualTypeOf<string>()
  })

  it('are any string where documents are not typed', () => {
    expectTypeOf<FieldPath<Untyped>>().toEqualTypeOf<string>()
    expectTypeOf<FieldValue<Untyped, 'state'>>().toEqualTypeOf<IndexKey>()
    expectTypeOf<FieldPath<{ a: Untyped }>>().toEqualTypeOf<'_id' | `a.${string}`>()
  })

  it('end at some depth for a type that contains itself', () => {
    interface Tree {
      name: string
      child?: Tree
    }
    expectTypeOf<'child.child.name'>().toExtend<FieldPath<Tree>>()
    expectTypeOf<FieldValue<Tree, 'child.child.name'>>().toEqualTypeOf<string>()
    expectTypeOf<'child.nobody'>().not.toExtend<FieldPath<Tree>>()
  })
})

describe('the keys of a field', () => {
  it('are its values as they are stored, without what is not indexed', () => {
    expectTypeOf<FieldValue<Task, 'state'>>().toEqualTypeOf<'open' | 'done'>()
    expectTypeOf<FieldValue<Task, '_id'>>().toEqualTypeOf<string>()
    expectTypeOf<FieldValue<Task, 'priority'>>().toEqualTypeOf<number>()
    expectTypeOf<FieldValue<Task, 'author.name'>>().toEqualTypeOf<string>()
    expectTypeOf<FieldValue<Task, 'author.address.city'>>().toEqualTypeOf<string>()
    expectTypeOf<FieldValue<Task, 'at'>>().toEqualTypeOf<string>()
    expectTypeOf<FieldValue<Task, 'parent'>>().toEqualTypeOf<string | null>()
    expectTypeOf<FieldValue<Task, 'tags'>>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<FieldValue<Task, 'key'>>().toEqualTypeOf<Uint8Array>()
  })

  it('are tuples for a list of fields', () => {
    expectTypeOf<FieldsValue<Task, readonly ['state', 'priority']>>().toEqualTypeOf<
      readonly ['open' | 'done', number]
    >()
  })
})

describe('query options', () => {
  it('take keys of the type of the index, and prefixes of them', () => {
    expectTypeOf<QueryOptions<'open' | 'done'>['key']>().toEqualTypeOf<'open' | 'done' | undefined>()
    expectTypeOf<KeyPrefix<'open' | 'done'>>().toEqualTypeOf<string>()
    expectTypeOf<KeyPrefix<number>>().toEqualTypeOf<never>()
    expectTypeOf<readonly ['room']>().toExtend<KeyPrefix<readonly [string, number]>>()
    expectTypeOf<readonly []>().toExtend<KeyPrefix<readonly [string, number]>>()
    expectTypeOf<readonly [number]>().not.toExtend<KeyPrefix<readonly [string, number]>>()
  })

  it('take a row of the result to go on behind', () => {
    type Row = QueryResult<Task, 'open'>['rows'][number]
    expectTypeOf<Row>().toExtend<NonNullable<QueryOptions['after']>>()
  })

  it('give documents with an id, which may be changed', () => {
    type Row = QueryResult<Note, string, null>['rows'][number]
    expectTypeOf<Row['doc']>().toEqualTypeOf<Note & { _id: string }>()
  })
})

describe('a map function', () => {
  it('returns a key, or emits', () => {
    expectTypeOf((task: Task) => task.state).toExtend<MapFunction<Task, string>>()
    expectTypeOf((task: Task, emit: (key: string, value?: number) => void) =>
      emit(task.state, task.priority),
    ).toExtend<MapFunction<Task, string, number>>()
    expectTypeOf((task: Task) => task.author).not.toExtend<MapFunction<Task>>()
  })
})
