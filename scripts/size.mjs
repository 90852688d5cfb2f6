import { join } from 'node:path'
import { bootstrap } from './bootstrap.mjs'
import { run } from './run.mjs'
import { ROOT } from './workspace.mjs'

try {
  await bootstrap()
  await measure()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function measure() {
  const build = ['turbo', 'run', 'build', '--filter=./packages/*', '--output-logs=errors-only']
  const { code, output } = await run(build, { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\nThe packages could not be built; see above.`)
  // After the installation, as it needs a bundler.
  const { bundleInitialChunk } = await import('./bundle-initial-chunk.mjs')
  const entries = ['@firekeep/core', '@firekeep/react']
  const { parts } = await bundleInitialChunk(entries, join(ROOT, 'scripts'), join(ROOT, 'scripts/dist/size'))
  console.log('What is loaded at once, minified, before compression:')
  for (const { name, bytes } of parts) console.log(`${String(bytes).padStart(8)}  ${name}`)
  const limits = await run(['size-limit'], { cwd: ROOT, show: true })
  process.exitCode = limits.code
}
