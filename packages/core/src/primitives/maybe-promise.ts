/** A value that is there, or will be: what is in memory is answered in the same turn. */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, else when it comes. */
export function whenReady<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
