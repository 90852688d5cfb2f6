import { expect, test } from 'vitest'
import { StoredChoice } from './stored-choice.js'

test('a choice is read from the first storage that has it and written to all', () => {
  const [tab, device] = [new FakeStorage(), new FakeStorage({ key: 'theirs' })]
  const choice = new StoredChoice('key', [() => tab, () => device])
  expect(choice.getSnapshot()).toBe('theirs')
  choice.choose('mine')
  expect([tab.getItem('key'), device.getItem('key')]).toEqual(['mine', 'mine'])
})

test('listeners are told until they leave', () => {
  const choice = new StoredChoice('key', [])
  let calls = 0
  const stop = choice.subscribe(() => {
    calls += 1
  })
  choice.choose('a')
  stop()
  choice.choose('b')
  expect(calls).toBe(1)
})

test('where web storage is forbidden a choice lasts as long as the page', () => {
  const choice = new StoredChoice('key', [
    () => {
      throw new Error('forbidden')
    },
  ])
  expect(choice.getSnapshot()).toBeUndefined()
  choice.choose('a')
  expect(choice.getSnapshot()).toBe('a')
})

class FakeStorage implements Storage {
  readonly #items: Map<string, string>

  constructor(items: Record<string, string> = {}) {
    this.#items = new Map(Object.entries(items))
  }

  get length(): number {
    return this.#items.size
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value)
  }

  removeItem(key: string): void {
    this.#items.delete(key)
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null
  }

  clear(): void {
    this.#items.clear()
  }
}
