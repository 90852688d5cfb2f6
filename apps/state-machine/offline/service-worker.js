/*
 * Lets the app start without a network. The page itself comes from the network where there is one, so a new version is
 * there at the next load and never has to be asked for; files with a hash in their name come from what was kept.
 * The build fills in the names and a version.
 */
const VERSION = '__VERSION__'
const FILES = '__FILES__'

const PAGE = './'
const SERVER_FILE = '/server.json'
const PATIENCE = 4_000

const kept = new Set(FILES.map(file => new URL(file, self.location.href).href))

self.addEventListener('install', event => {
  event.waitUntil(caches.open(VERSION).then(cache => cache.addAll([PAGE, ...FILES])))
})

// Only now: until the last page of the former version is closed, it may still ask for its files.
self.addEventListener('activate', event => {
  const forget = names => Promise.all(names.filter(name => name !== VERSION).map(name => caches.delete(name)))
  event.waitUntil(caches.keys().then(forget))
})

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(fromNetwork(request).catch(() => fromCache(PAGE)))
  else if (url.pathname.endsWith(SERVER_FILE)) {
    // Whether there is a server cannot be found out now; the page goes on with what it knew.
    event.respondWith(fromNetwork(request).catch(() => Response.json(null)))
  } else if (kept.has(url.href)) event.respondWith(fromCache(request).catch(() => fetch(request)))
})

function fromNetwork(request) {
  return fetch(request, { signal: AbortSignal.timeout(PATIENCE) })
}

async function fromCache(request) {
  const cache = await caches.open(VERSION)
  const response = await cache.match(request)
  if (response === undefined) throw new Error('It is not kept.')
  return response
}
