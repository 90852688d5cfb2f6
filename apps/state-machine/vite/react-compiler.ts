import { type NodePath, transformAsync } from '@babel/core'
import compiler, { type LoggerEvent } from 'babel-plugin-react-compiler'
import type { Plugin } from 'vite'
import { findRenderFunctions, type RenderFunction } from './find-render-functions.js'

const SOURCE = /\.tsx?$/
const RUNTIME = 'react/compiler-runtime'
const LEFT_OUT = 'The React Compiler left code out of'

/**
 * Runs the React Compiler over the app's own modules, and fails the build where it leaves anything out.
 *
 * The compiler bails out of code that it cannot prove safe, and passes over functions that it does not take for
 * components or hooks; neither is an error by itself (`panicThreshold` covers only part of the former). So three
 * things are checked: no event but success, one success for each function that renders, and the import of the
 * compiler's runtime in each module with JSX.
 *
 * It runs before all other plugins and leaves types, JSX and fast refresh to them.
 *
 * @param folder the absolute path of the sources; modules elsewhere are left as they are
 */
export function reactCompiler(folder: string): Plugin {
  return {
    name: 'firekeep:react-compiler',
    enforce: 'pre',
    transform: {
      filter: { id: SOURCE },
      handler(code, id) {
        const file = id.split('?')[0] ?? id
        return file.startsWith(`${folder}/`) ? compileModule(code, file) : null
      },
    },
  }
}

/** One module through the compiler; `null` where nothing in it renders. Throws where anything is left out. */
async function compileModule(code: string, file: string) {
  const events: LoggerEvent[] = []
  const expected: RenderFunction[] = []
  const expectations = {
    visitor: { Program: (path: NodePath) => void expected.push(...findRenderFunctions(path)) },
  }
  const result = await transformAsync(code, {
    filename: file,
    babelrc: false,
    configFile: false,
    sourceMaps: true,
    parserOpts: { plugins: file.endsWith('.tsx') ? ['typescript', 'jsx'] : ['typescript'] },
    plugins: [expectations, [compiler, compilerOptions(events)]],
  }).catch((cause: Error) => {
    throw new Error(`${LEFT_OUT} ${file}:\n${cause.message}`, { cause })
  })
  const output = result?.code ?? ''
  const problems = findProblems(events, expected, output)
  if (problems.length > 0) throw new Error(`${LEFT_OUT} ${file}:\n${problems.join('\n')}`)
  return expected.length === 0 ? null : { code: output, map: result?.map ?? null }
}

function compilerOptions(events: LoggerEvent[]) {
  return {
    target: '19',
    panicThreshold: 'none',
    environment: { validateNoDynamicallyCreatedComponentsOrHooks: true },
    logger: { logEvent: (_file: string | null, event: LoggerEvent) => void events.push(event) },
  }
}

function findProblems(
  events: readonly LoggerEvent[],
  expected: readonly RenderFunction[],
  output: string,
): readonly string[] {
  const problems = events.filter(isProblem).map(describe)
  if (problems.length > 0) return problems
  const successes = events.filter(event => event.kind === 'CompileSuccess')
  const places = new Set(successes.map(({ fnLoc }) => `${fnLoc?.start.line}:${fnLoc?.start.column}`))
  for (const { name, line, place } of expected) {
    if (!places.has(place)) problems.push(`- line ${line}: ${name} renders, but was passed over`)
  }
  const needsRuntime =
    expected.some(({ hasJsx }) => hasJsx) || successes.some(({ memoSlots }) => memoSlots > 0)
  if (needsRuntime && !output.includes(RUNTIME)) problems.push(`- the output does not import ${RUNTIME}`)
  return problems
}

function isProblem({ kind }: LoggerEvent): boolean {
  return kind !== 'CompileSuccess' && kind !== 'Timing'
}

function describe(event: LoggerEvent): string {
  const line = 'fnLoc' in event ? event.fnLoc?.start.line : undefined
  return `- line ${line ?? '?'}: ${event.kind}: ${reasonOf(event)}`
}

function reasonOf(event: LoggerEvent): string {
  switch (event.kind) {
    case 'CompileSkip':
      return event.reason
    case 'PipelineError':
      return event.data
    case 'CompileError':
    case 'CompileDiagnostic':
      return [event.detail.reason, event.detail.description].filter(text => text).join('. ')
    default:
      return 'not compiled'
  }
}
