import { toBase64Url } from '../../primitives/bytes.js'
import { delay } from '../../primitives/delay.js'
import { platformPace } from '../../primitives/platform-pace.js'
import type { TabPlatform } from './tab-platform.js'

/** The platform of a page or a worker of a browser; `undefined` where nothing is shared, as in Node. */
export function findBrowserPlatform(): TabPlatform | undefined {
  const { navigator, BroadcastChannel, isSecureContext } = globalThis as Partial<typeof globalThis>
  const locks = navigator?.locks
  // Newer Nodes have locks and channels too, of one process; they have no `isSecureContext`.
  if (!isSecureContext || locks === undefined || BroadcastChannel === undefined) return undefined
  return {
    ...platformPace,
    delay,
    locks: {
      request: async (name, options, callback) => void (await locks.request(name, options, callback)),
      query: () => locks.query(),
    },
    openChannel(name, receive) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = ({ data }) => receive(data)
      return { post: message => channel.postMessage(message), close: () => channel.close() }
    },
    createId: () => toBase64Url(crypto.getRandomValues(new Uint8Array(12))),
    random: Math.random,
    watchPage,
  }
}

/**
 * A page in the back/forward cache or about to be frozen leaves, so that nobody has to wait until it is silent: a page
 * that holds a lock is not even put into that cache. `freeze` and `resume` are Chromium's.
 */
function watchPage(listener: (isThere: boolean) => void): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const leave = () => listener(false)
  const comeBack = () => listener(true)
  globalThis.addEventListener('pagehide', leave, { signal })
  globalThis.addEventListener('pageshow', comeBack, { signal })
  if (typeof document !== 'undefined') {
    document.addEventListener('freeze', leave, { signal })
    document.addEventListener('resume', comeBack, { signal })
  }
  return () => stop.abort()
}
