import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { serveFolder } from './serve-folder.mjs'

/** @type {(() => void)[]} */
const cleanUps = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

describe('the server of the demo', () => {
  test('serves the page without a cache and the assets for ever, with their types', async () => {
    const { url } = await serveApp()
    const page = await fetch(url)
    expect(await page.text()).toBe('<p>app</p>')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const script = await fetch(`${url}assets/app-1.js`)
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toContain('immutable')
    const worker = await fetch(`${url}sw.js`)
    expect(worker.headers.get('cache-control')).toBe('no-cache')
  })

  test('serves a text in place of a file, always as it is now', async () => {
    const { url } = await serveApp({ '/server.json': '{"url":"here"}' })
    const answer = await fetch(`${url}server.json`)
    expect(await answer.json()).toEqual({ url: 'here' })
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    expect((await fetch(`${url}other.json`)).status).toBe(404)
  })

  test('answers 304 to a browser that has the file already', async () => {
    const { url } = await serveApp()
    const tag = (await fetch(url)).headers.get('etag') ?? ''
    expect((await fetch(url, { headers: { 'If-None-Match': tag } })).status).toBe(304)
  })

  test('gives the page for the path of a room, and 404 for a missing file', async () => {
    const { url } = await serveApp()
    expect(await (await fetch(`${url}rooms/kitchen`)).text()).toBe('<p>app</p>')
    expect((await fetch(`${url}assets/app-2.js`)).status).toBe(404)
  })

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%5csecret.txt', '/%00', '/%'])(
    'refuses %s',
    async path => {
      const { url } = await serveApp()
      expect(await rawStatus(url, path)).toBe(400)
    },
  )

  test('isolates the page from other origins', async () => {
    const { url } = await serveApp()
    const { headers } = await fetch(url)
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  })

  test('rejects with EADDRINUSE when the port is taken', async () => {
    const { url } = await serveApp()
    const port = Number(new URL(url).port)
    await expect(serveFolder(tmpdir(), port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

/** @param {Record<string, string>} [texts] */
async function serveApp(texts) {
  const parent = mkdtempSync(join(tmpdir(), 'firekeep-serve-'))
  const folder = join(parent, 'dist')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(parent, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'index.html'), '<p>app</p>')
  writeFileSync(join(folder, 'sw.js'), '// worker')
  writeFileSync(join(folder, 'assets/app-1.js'), '// app')
  const server = await serveFolder(folder, 0, texts)
  cleanUps.push(server.close, () => rmSync(parent, { recursive: true }))
  return server
}

/**
 * The status of a request whose path is sent as it stands (`fetch` would tidy it up).
 *
 * @param {string} url
 * @param {string} path
 * @returns {Promise<number | undefined>}
 */
function rawStatus(url, path) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    request({ hostname: hostname === 'localhost' ? '127.0.0.1' : hostname, port, path }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
