import { expect, test } from 'vitest'
import { compileModule } from './react-compiler.js'

const COMPONENT = 'export function Title({ text }: { text: string }) { return <h1>{text}</h1> }'

test('a component is compiled and imports the compiler runtime', async () => {
  const result = await compileModule(COMPONENT, 'title.tsx')
  expect(result?.code).toContain('react/compiler-runtime')
})

test('an arrow function component is compiled', async () => {
  const result = await compileModule(
    'export const Title = ({ text }: { text: string }) => <h1>{text}</h1>',
    'a.tsx',
  )
  expect(result?.code).toContain('react/compiler-runtime')
})

test('types and JSX are left for the plugins after it', async () => {
  const result = await compileModule(COMPONENT, 'title.tsx')
  expect(result?.code).toContain('<h1>')
})

test('a module in which nothing renders is left alone', async () => {
  expect(await compileModule('export const twice = (n: number): number => n * 2', 'twice.ts')).toBeNull()
})

test('a hook that needs no memory is compiled without the runtime', async () => {
  const code =
    "import { useContext, createContext } from 'react'\nconst C = createContext(0)\nexport function useC() { return useContext(C) }"
  const result = await compileModule(code, 'use-c.ts')
  expect(result?.code).not.toContain('react/compiler-runtime')
})

const LEFT_OUT: readonly [name: string, code: string][] = [
  [
    'a component that breaks the rules of React',
    'let n = 0\nexport function Counter() { n += 1; return <p>{n}</p> }',
  ],
  [
    'a component with the directive "use no memo"',
    'export function Title({ text }: { text: string }) { "use no memo"; return <h1>{text}</h1> }',
  ],
  ['a module with the directive "use no memo"', `'use no memo'\n${COMPONENT}`],
  [
    'a component with a lint suppression',
    "import { useEffect } from 'react'\nexport function Title({ text }: { text: string }) {\n  // eslint-disable-next-line react-hooks/exhaustive-deps\n  useEffect(() => { document.title = text }, [])\n  return <h1>{text}</h1>\n}",
  ],
  [
    'a component that takes two arguments',
    'export function Title(props: { text: string }, size: number) { return <h1>{props.text}{size}</h1> }',
  ],
  [
    'a function with JSX and a name in small letters',
    'export function title(text: string) { return <h1>{text}</h1> }',
  ],
  [
    'a function that calls hooks and is not named as one',
    "import { useState } from 'react'\nexport function counter() { return useState(0) }",
  ],
  [
    'a component that calls a hook of a variable',
    "import { useState } from 'react'\nexport function Counter({ hooks }: { hooks: { useCount(): number } }) { const [a] = useState(0); if (a) hooks.useCount(); return <p>{a}</p> }",
  ],
  [
    'a component made inside another',
    'export function Page() { function Inner() { return <i /> } return <Inner /> }',
  ],
  [
    'a module that has the runtime already',
    `import { c } from 'react/compiler-runtime'\nexport const cache = c\n${COMPONENT}`,
  ],
]

test.each(LEFT_OUT)('%s fails the build', async (_name, code) => {
  await expect(compileModule(code, 'module.tsx')).rejects.toThrow(
    'The React Compiler left code out of module.tsx',
  )
})
