import { expect, test } from 'vitest'
import { nextSteps } from './next-steps.js'
import { packageManagerOf } from './package-manager.js'

const npm = packageManagerOf({})
const current = '/home/ada'

test('one goes to the folder and starts the app', () => {
  const steps = nextSteps({ current, folder: '/home/ada/apps/notes', manager: npm, isInstalled: true })
  expect(steps).toEqual(['cd apps/notes', 'npm run dev'])
})

test('what is not installed is installed first', () => {
  const manager = packageManagerOf({ npm_config_user_agent: 'pnpm/12.4.2' })
  const steps = nextSteps({ current, folder: '/home/ada/notes', manager, isInstalled: false })
  expect(steps).toEqual(['cd notes', 'pnpm install', 'pnpm dev'])
})

test('in the current folder there is nowhere to go', () => {
  expect(nextSteps({ current, folder: current, manager: npm, isInstalled: true })).toEqual(['npm run dev'])
})

test.skipIf(process.platform === 'win32')('a path that a shell would take apart is quoted', () => {
  const [step] = nextSteps({ current, folder: "/home/ada/Ada's notes", manager: npm, isInstalled: true })
  expect(step).toBe("cd 'Ada'\\''s notes'")
})
