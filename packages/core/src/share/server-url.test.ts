import { describe, expect, it } from 'vitest'
import { assertSecure, parseServer, type ServerUrl } from './server-url.js'

describe('the address of a server', () => {
  it.each([
    ['https://sync.example', 'https://sync.example'],
    ['https://SYNC.example:443/', 'https://sync.example'],
    ['https://sync.example:8443/team//', 'https://sync.example:8443/team'],
    ['http://localhost:7000', 'http://localhost:7000'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
  ])('%s has one spelling', (text, url) => {
    expect(parseServer(text)?.url).toBe(url)
    expect(parseServer(url)?.url).toBe(url)
  })

  it.each([
    '',
    'sync.example',
    '/sync',
    'ftp://sync.example',
    'wss://sync.example',
    'javascript:alert(1)',
    'https://me@sync.example',
    'https://:pw@sync.example',
    'https://sync.example/?',
    'https://sync.example/?a',
    'https://sync.example/#',
    `https://sync.example/${'x'.repeat(2048)}`,
  ])('is not %j', text => {
    expect(parseServer(text)).toBeUndefined()
  })

  it.each([
    ['https://sync.example', false],
    ['http://localhost', false],
    ['http://app.localhost:5173', false],
    ['http://127.0.0.1:7000', false],
    ['http://127.8.8.8', false],
    ['http://[::1]:7000', false],
    ['http://sync.example', true],
    ['http://192.168.1.7:7000', true],
    ['http://localhost.example', true],
    ['http://127.0.0.1.example', true],
    ['http://[::2]', true],
    ['http://notlocalhost', true],
  ])('%s: whether it is insecure is %s', (text, isInsecure) => {
    const server = parseServer(text) as ServerUrl
    expect(server.isInsecure).toBe(isInsecure)
    const check = () => assertSecure(server, false)
    if (isInsecure) expect(check).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    else check()
    assertSecure(server, true)
  })
})
