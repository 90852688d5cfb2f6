import { expect, it } from 'vitest'
import { Source } from './source.js'

function counting() {
  const calls: string[] = []
  let publish: (value: number) => void = () => undefined
  const source = new Source(0, give => {
    calls.push('start')
    publish = give
    return () => calls.push('stop')
  })
  return { source, calls, publish: (value: number) => publish(value) }
}

it('starts with the first listener and stops with the last', () => {
  const { source, calls } = counting()
  expect(calls).toEqual([])
  const first = source.subscribe(() => undefined)
  const second = source.subscribe(() => undefined)
  first()
  expect(calls).toEqual(['start'])
  second()
  second()
  expect(calls).toEqual(['start', 'stop'])
  source.subscribe(() => undefined)()
  expect(calls).toEqual(['start', 'stop', 'start', 'stop'])
})

it('tells each listener of each new value, and of no old one', () => {
  const { source, publish } = counting()
  let told = 0
  const listener = () => {
    told += 1
  }
  source.subscribe(listener)
  source.subscribe(listener)
  publish(1)
  publish(1)
  expect(told).toBe(2)
  expect(source.getSnapshot()).toBe(1)
})

it('what is published after the stop is not heard, and the last value stays', () => {
  const { source, publish } = counting()
  const stop = source.subscribe(() => undefined)
  publish(1)
  stop()
  publish(2)
  expect(source.getSnapshot()).toBe(1)
  expect(source.getServerSnapshot()).toBe(0)
})

it('a late value of an earlier run does not reach a later one', () => {
  const { source, publish } = counting()
  const runs: ((value: number) => void)[] = []
  source.subscribe(() => undefined)()
  runs.push(publish)
  let late: (value: number) => void = () => undefined
  const other = new Source(0, give => {
    if (runs.length === 1) late = give
    runs.push(give)
    return () => undefined
  })
  other.subscribe(() => undefined)()
  other.subscribe(() => undefined)
  late(9)
  expect(other.getSnapshot()).toBe(0)
})
