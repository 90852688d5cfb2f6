import type { Database } from '@firekeep/core'

export interface CountedDatabase {
  readonly database: Database
  /** How many subscriptions, to changes and to live queries, are open now. */
  readonly open: () => number
  /** How many were ever opened. */
  readonly opened: () => number
}

/** A database that counts who listens to it. */
export function countSubscriptions(target: Database): CountedDatabase {
  let open = 0
  let opened = 0
  const count = (stop: () => void): (() => void) => {
    open += 1
    opened += 1
    let isOpen = true
    return () => {
      if (isOpen) open -= 1
      isOpen = false
      stop()
    }
  }
  const subscribe: Database['subscribe'] = listener => count(target.subscribe(listener))
  const live = (...query: Parameters<Database['live']>) => {
    const found = target.live(...query)
    return { ...found, subscribe: (listener: () => void) => count(found.subscribe(listener)) }
  }
  const database = new Proxy(target, {
    get(_, name) {
      if (name === 'subscribe') return subscribe
      if (name === 'live') return live
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { database, open: () => open, opened: () => opened }
}
