import type { IndexKey } from '../codec/index-key.js'

/**
 * The fields of a document that can be queried, with dots for nested ones: `'state' | 'author.name'`. For a union
 * of documents the fields of all of them; any string where the type is open or nested deeper than five levels.
 */
export type FieldPath<D> = '_id' | PathOf<D, 5>

/** The keys a field gives. Documents without the field are not indexed; a `Date` is stored as text. */
export type FieldValue<D, P> = P extends '_id' ? string : KeyOf<ValueAt<D, P>>

/** The array keys that a list of fields gives. */
export type FieldsValue<D, F extends readonly unknown[]> = D extends unknown
  ? { readonly [I in keyof F]: FieldValue<D, F[I]> }
  : never

type PathOf<T, Depth extends number> = IsOpen<T> extends true ? string : ClosedPathOf<T, Depth>

type ClosedPathOf<T, Depth extends number> = T extends Atom
  ? never
  : T extends object
    ? string extends keyof T
      ? string
      : { [K in keyof T & string]: StepPath<K, NonNullable<T[K]>, Depth> }[keyof T & string]
    : never

type StepPath<K extends string, T, Depth extends number> = K extends `${string}.${string}`
  ? never
  : ([KeyOf<T>] extends [never] ? never : K) | NestedPath<K, T, Depth>

type NestedPath<K extends string, T, Depth extends number> =
  IsOpen<T> extends true
    ? `${K}.${string}`
    : T extends Atom
      ? never
      : Depth extends 1
        ? `${K}.${string}`
        : `${K}.${PathOf<T, Less[Depth]>}`

type ValueAt<D, P> = IsOpen<D> extends true ? unknown : D extends unknown ? ClosedValueAt<D, P> : never

type ClosedValueAt<D, P> = P extends keyof D
  ? D[P]
  : P extends `${infer Step}.${infer Rest}`
    ? Step extends keyof D
      ? ValueAt<NonNullable<D[Step]>, Rest>
      : never
    : never

type KeyOf<T> = IsOpen<T> extends true ? IndexKey : ClosedKeyOf<T>

type ClosedKeyOf<T> = T extends Date
  ? string
  : T extends null | boolean | number | string | Uint8Array
    ? T
    : T extends readonly unknown[]
      ? { readonly [I in keyof T]: KeyOf<T[I]> }
      : never

/** Values that paths do not step into. */
type Atom = null | undefined | boolean | number | string | Uint8Array | Date | readonly unknown[]

/** `any` and `unknown`. */
type IsOpen<T> = unknown extends T ? true : false

/** One level less: `Less[5]` is 4. */
type Less = readonly [never, never, 1, 2, 3, 4]
