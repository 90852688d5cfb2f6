import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileModule } from './react-compiler.js'

const SOURCES = join(import.meta.dirname, '..', 'src')

it('a component that uses the hooks is compiled, each of them', async () => {
  const path = join(import.meta.dirname, 'tasks.compiled.tsx')
  const { compiled, skipped, code } = await compileModule(readFileSync(path, 'utf8'), path)
  expect(skipped).toEqual([])
  expect(compiled).toEqual(['Tasks', 'NewTask'])
  expect(code).toContain('react/compiler-runtime')
})

it('what the compiler leaves alone is noticed', async () => {
  const source = `
    import { hooks } from './hooks'
    export function Tasks() {
      const { useLiveQuery } = hooks()
      return <p>{useLiveQuery('state').docs.length}</p>
    }`
  const { compiled, skipped } = await compileModule(source, 'tasks.tsx')
  expect(compiled).toEqual([])
  expect(skipped).not.toEqual([])
})

it.each(readdirSync(SOURCES).filter(name => /^use-[a-z-]+\.ts$/.test(name)))(
  'the hook in %s keeps the rules of React',
  async name => {
    const { skipped } = await compileModule(readFileSync(join(SOURCES, name), 'utf8'), name)
    expect(skipped).toEqual([])
  },
)
