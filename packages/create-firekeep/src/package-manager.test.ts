import { expect, test } from 'vitest'
import { packageManagerOf } from './package-manager.js'

test.each([
  ['npm/11.0.0 node/v20.19.0 linux x64 workspaces/false', 'npm'],
  ['pnpm/12.4.2 npm/? node/v20.19.0 linux x64', 'pnpm'],
  ['yarn/1.22.22 npm/? node/v20.19.0 linux x64', 'yarn'],
  ['bun/1.3.0 npm/? node/v24.3.0 linux x64', 'bun'],
  ['somebody/1.0.0', 'npm'],
  ['', 'npm'],
])('"%s" is %s', (agent, name) => {
  expect(packageManagerOf({ npm_config_user_agent: agent }).name).toBe(name)
})

test('without a word of it, it is npm', () => {
  expect(packageManagerOf({}).name).toBe('npm')
})
