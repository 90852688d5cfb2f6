import { expect, test } from 'vitest'
import { toPackageName } from './package-name.js'

test.each([
  ['my-app', 'my-app'],
  ['My App', 'my-app'],
  ['Müller & Sons', 'muller-sons'],
  ['.hidden', 'hidden'],
  ['_private_', 'private'],
  ['v1.2', 'v1.2'],
  ['a'.repeat(300), 'a'.repeat(214)],
  [`${'a'.repeat(213)}-b`, 'a'.repeat(213)],
])('the folder %s gives the package name %s', (folder, name) => {
  expect(toPackageName(folder)).toBe(name)
})

test.each(['', '.', '!!!', '日本', 'node_modules', 'favicon.ico'])(
  'the folder "%s" gives no package name',
  folder => {
    expect(toPackageName(folder)).toBeUndefined()
  },
)

test('a project is not named like a package that it depends on', () => {
  expect(toPackageName('React', ['react', 'vite'])).toBe('react-app')
})
