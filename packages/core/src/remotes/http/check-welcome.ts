import { PROTOCOL_VERSION } from '../../protocol/limits.js'
import type { ServerMessage } from '../../protocol/messages.js'
import type { Welcome } from './link.js'
import { errorOfServer, unavailable } from './server-error.js'

/** The first message of a server as its welcome; throws what it says instead. */
export function checkWelcome(message: ServerMessage | undefined): Welcome {
  if (message?.kind === 'welcome' && message.version === PROTOCOL_VERSION) return message
  if (message?.kind === 'error') throw errorOfServer(message)
  const retryAfter = message?.kind === 'closing' ? message.retryAfter : undefined
  throw unavailable('the server did not answer with a welcome in a version that is spoken here', {
    ...(retryAfter === undefined ? {} : { retryAfter }),
  })
}
