/** A package manager and how one says things to it. */
export interface PackageManager {
  readonly name: string
  /** What installs the dependencies. */
  readonly install: string
  /** What runs a script of the project. */
  readonly run: (script: 'dev' | 'test') => string
}

const NPM: PackageManager = {
  name: 'npm',
  install: 'npm install',
  run: script => (script === 'test' ? 'npm test' : `npm run ${script}`),
}

const KNOWN: readonly PackageManager[] = [
  NPM,
  { name: 'pnpm', install: 'pnpm install', run: script => `pnpm ${script}` },
  { name: 'yarn', install: 'yarn install', run: script => `yarn ${script}` },
  // `bun test` would be its own test runner.
  { name: 'bun', install: 'bun install', run: script => `bun run ${script}` },
]

/** The one that runs this process (`npm create`, `pnpm create`, …), by its `npm_config_user_agent`; else npm. */
export function packageManagerOf(env: Readonly<Record<string, string | undefined>>): PackageManager {
  const name = env.npm_config_user_agent?.split('/')[0]
  return KNOWN.find(known => known.name === name) ?? NPM
}
