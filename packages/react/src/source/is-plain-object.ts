/**
 * Whether an object is nothing but its fields, so that it may be compared and copied by them. Plain objects of
 * other realms count: theirs is another `Object.prototype`, known by having no prototype itself.
 */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
