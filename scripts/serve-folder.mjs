import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'

/** @type {Readonly<Record<string, string>>} */
const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

// Cross-origin isolation gives the page exact timers; everything that an app loads is its own.
const SECURITY_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
}

/** @typedef {{ path: string, tag: string, size: number }} FoundFile */

/**
 * Serves a built single-page app on localhost: every path that is no file and looks like a page gets
 * `index.html`. Files under `assets/` carry a hash in their name and are kept for ever by the browser; all others
 * (the page, the service worker, the manifest) are asked for anew each time, so that an update is seen at once.
 *
 * Rejects with the system's `EADDRINUSE` or `EACCES` where the port cannot be had; port 0 takes a free one.
 *
 * @param {string} folder
 * @param {number} port
 * @param {Readonly<Record<string, string>>} [texts] what is served under paths (`/server.json`) in place of files
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function serveFolder(folder, port, texts = {}) {
  const server = createServer((request, response) => {
    answer({ folder, texts }, request, response).catch(() => response.destroy())
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address())
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ url: `http://localhost:${address.port}/`, close })
    })
  })
}

/**
 * @param {{ folder: string, texts: Readonly<Record<string, string>> }} content
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer({ folder, texts }, request, response) {
  const path = pathOf(request.url ?? '/')
  if (path === undefined) return refuse(response, 400)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405)
  const text = Object.hasOwn(texts, path) ? texts[path] : undefined
  if (text !== undefined) return answerText(path, text, response)
  const file =
    (await findFile(folder, path)) ??
    (extname(path) === '' ? await findFile(folder, '/index.html') : undefined)
  if (file === undefined) return refuse(response, 404)
  const isUnchanged = request.headers['if-none-match'] === file.tag
  response.writeHead(isUnchanged ? 304 : 200, headersOf(path, file))
  if (isUnchanged || request.method === 'HEAD') response.end()
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response)
}

/**
 * @param {string} path
 * @param {string} text
 * @param {import('node:http').ServerResponse} response
 */
function answerText(path, text, response) {
  const type = MEDIA_TYPES[extname(path)] ?? 'text/plain; charset=utf-8'
  response
    .writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': type, 'Cache-Control': 'no-cache' })
    .end(text)
}

/**
 * The decoded path of a request; `undefined` where it is malformed or leaves the folder.
 *
 * @param {string} url
 */
function pathOf(url) {
  try {
    const path = decodeURIComponent(String(url.split(/[?#]/)[0]))
    const isInside = path.startsWith('/') && !path.includes('\0') && !path.split(/[/\\]/).includes('..')
    return isInside ? path : undefined
  } catch {
    return undefined
  }
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<FoundFile | undefined>}
 */
async function findFile(folder, path) {
  const full = join(folder, ...path.split('/'), path.endsWith('/') ? 'index.html' : '')
  const found = await stat(full.endsWith(sep) ? full.slice(0, -1) : full).catch(() => undefined)
  if (!found?.isFile()) return undefined
  return { path: full, tag: `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"`, size: found.size }
}

/**
 * @param {string} path
 * @param {FoundFile} file
 */
function headersOf(path, file) {
  const isForEver = path.startsWith('/assets/')
  return {
    ...SECURITY_HEADERS,
    'Content-Type': MEDIA_TYPES[extname(file.path)] ?? 'application/octet-stream',
    'Content-Length': file.size,
    'Cache-Control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.tag,
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 */
function refuse(response, status) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${status}\n`)
}
