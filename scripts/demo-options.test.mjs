import { expect, test } from 'vitest'
import { parseDemoOptions } from './demo-options.mjs'

const known = { apps: ['chat', 'files'], usage: 'usage' }

test('without options it is the first app on the usual ports, and its data is kept', () => {
  expect(parseDemoOptions([], known)).toEqual({
    app: 'chat',
    port: undefined,
    serverPort: undefined,
    isFresh: false,
  })
})

test('app, ports and a fresh start can be asked for', () => {
  const args = ['--port', '8080', 'files', '--server-port=8081', '--fresh']
  expect(parseDemoOptions(args, known)).toEqual({
    app: 'files',
    port: 8080,
    serverPort: 8081,
    isFresh: true,
  })
})

test.each([
  [['other'], 'There is no demo "other".'],
  [['chat', 'files'], 'There is no demo "chat files".'],
  [['--port', '0'], '"0" is not a port'],
  [['--server-port', '70000'], '"70000" is not a port'],
  [['--port', 'x'], '"x" is not a port'],
  [['--colour'], 'Unknown option'],
])('%j is refused with the usage', (args, message) => {
  expect(() => parseDemoOptions(args, known)).toThrow(message)
  expect(() => parseDemoOptions(args, known)).toThrow('\n\nusage')
})
