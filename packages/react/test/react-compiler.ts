import { transformAsync } from '@babel/core'
import type { Plugin } from 'vite'

/** What the compiler reports about a function it looked at. */
interface CompilerEvent {
  readonly kind: string
  readonly fnName?: string | null
  readonly detail?: unknown
  readonly reason?: unknown
}

export interface CompiledModule {
  readonly code: string
  /** The components and hooks that were compiled. */
  readonly compiled: readonly string[]
  /** Everything that was left as it was, or failed: nothing may. */
  readonly skipped: readonly string[]
}

/** Compiles a module of components as apps do. */
export async function compileModule(source: string, filename: string): Promise<CompiledModule> {
  const events: CompilerEvent[] = []
  const logger = { logEvent: (_: unknown, event: CompilerEvent) => events.push(event) }
  const result = await transformAsync(source, {
    filename,
    babelrc: false,
    configFile: false,
    sourceMaps: 'inline',
    parserOpts: { plugins: ['typescript', 'jsx'] },
    plugins: [['babel-plugin-react-compiler', { panicThreshold: 'none', logger }]],
  })
  const successes = events.filter(event => event.kind === 'CompileSuccess')
  const others = events.filter(event => !HARMLESS.has(event.kind))
  return {
    code: result?.code ?? source,
    compiled: successes.map(event => event.fnName ?? ''),
    skipped: others.map(event => `${event.kind}: ${String(event.detail ?? event.reason)}`),
  }
}

const HARMLESS = new Set(['CompileSuccess', 'Timing', 'AutoDepsDecorations', 'AutoDepsEligible'])

/** Compiles the modules called `*.compiled.tsx`, and fails on whatever the compiler leaves alone. */
export function reactCompiler(): Plugin {
  return {
    name: 'react-compiler',
    enforce: 'pre',
    async transform(source, id) {
      const [path = id] = id.split('?')
      if (!path.endsWith('.compiled.tsx')) return null
      const { code, compiled, skipped } = await compileModule(source, path)
      if (skipped.length > 0)
        throw new Error(`the React Compiler left something out of ${path}:\n${skipped.join('\n')}`)
      if (compiled.length === 0) throw new Error(`the React Compiler found nothing to compile in ${path}`)
      return { code, map: null }
    },
  }
}
