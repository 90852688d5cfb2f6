import { expect, test } from 'vitest'
import { parseOptions } from './parse-options.mjs'

test('without arguments both environments are measured in five rounds', () => {
  expect(parseOptions([])).toEqual({
    only: undefined,
    contenders: undefined,
    environments: ['node', 'chromium'],
    sync: false,
    history: false,
    rounds: 5,
    minutes: undefined,
    check: false,
  })
})

test('all options are read, behind the dashes that npm needs too', () => {
  const args = [
    '--',
    '--only',
    'put',
    '--contenders',
    'dexie,rxdb',
    '--env',
    'node',
    '--sync',
    '--rounds',
    '12',
    '--minutes',
    '30',
    '--check',
  ]
  expect(parseOptions(args)).toEqual({
    only: 'put',
    contenders: ['dexie', 'rxdb'],
    environments: ['node'],
    sync: true,
    history: false,
    rounds: 12,
    minutes: 30,
    check: true,
  })
})

test.each([
  [['--env', 'deno']],
  [['--rounds', '0']],
  [['--rounds', '2.5']],
  [['--minutes', 'x']],
  [['--sync', '--history']],
  [['--fast']],
  [['put']],
])('%j is refused with the usage', args => {
  expect(() => parseOptions(args)).toThrow(/pnpm bench \[options\]/)
})
