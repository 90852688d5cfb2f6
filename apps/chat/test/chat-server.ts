import { fileURLToPath } from 'node:url'
import { preview } from 'vite'

/** A server of the built app on a free port. */
export interface ChatServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves `dist`, so it must be built; closing also drops the connections, as a network that goes away does. */
export async function openChatServer(): Promise<ChatServer> {
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('..', import.meta.url)),
    preview: { host: '127.0.0.1', port: 0 },
  })
  const url = server.resolvedUrls?.local[0]
  if (!url) throw new Error('The server of the built app has no address.')
  return { url, close: () => server.close() }
}
