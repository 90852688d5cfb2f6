import type { Database } from '@firekeep/core'

export interface HeldDatabase {
  readonly database: Database
  /** How many calls of the method were made. */
  readonly calls: () => number
  /** Lets the answer of the n-th call through, and waits until it has arrived. */
  readonly release: (call: number) => Promise<void>
}

/** A database that keeps back what one of its methods answers, so that a test decides the order of the answers. */
export function holdCalls(target: Database, method: 'allDocs' | 'query'): HeldDatabase {
  const held: { readonly answer: Promise<unknown>; readonly open: () => void }[] = []
  const hold = (...values: unknown[]) => {
    const result = (target[method] as (...values: unknown[]) => Promise<unknown>).apply(target, values)
    let open: () => void = () => undefined
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    const answer = gate.then(() => result)
    held.push({ answer, open })
    return answer
  }
  const database = new Proxy(target, {
    get(_, name) {
      if (name === method) return hold
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const release = async (call: number) => {
    held[call]?.open()
    await held[call]?.answer.catch(() => undefined)
  }
  return { database, calls: () => held.length, release }
}
