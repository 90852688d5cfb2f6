import type { HttpRemoteOptions } from './http-options.js'
import { createHttpPlatform, type HttpPlatform } from './http-platform.js'
import type { ServerAddress } from './server-address.js'
import { ServerConnection } from './server-connection.js'

interface Shared {
  readonly address: ServerAddress
  readonly options: HttpRemoteOptions
  readonly platform: HttpPlatform
  readonly connection: ServerConnection
}

/** The connections of a page or process: one for all that goes to one server in one way. */
export class SharedConnections {
  readonly #all = new Set<Shared>()
  readonly #createPlatform: (options: HttpRemoteOptions) => HttpPlatform

  constructor(createPlatform: (options: HttpRemoteOptions) => HttpPlatform) {
    this.#createPlatform = createPlatform
  }

  /** The connection that is there, or a new one that stays as long as it is used. */
  find(address: ServerAddress, options: HttpRemoteOptions): Pick<Shared, 'connection' | 'platform'> {
    for (const shared of this.#all) {
      if (shared.address.base === address.base && areEqual(shared.options, options)) return shared
    }
    const platform = this.#createPlatform(options)
    const connection = new ServerConnection({
      address,
      options,
      platform,
      onUnused: () => void this.#all.delete(shared),
    })
    const shared = { address, options, platform, connection }
    this.#all.add(shared)
    return shared
  }
}

function areEqual(a: HttpRemoteOptions, b: HttpRemoteOptions): boolean {
  return (
    a.admission === b.admission &&
    (a.transport ?? 'auto') === (b.transport ?? 'auto') &&
    a.webSocket === b.webSocket
  )
}

const REGISTRY = Symbol.for('firekeep.connections.1')

/** Those of this page or process, whichever copy of this module made them. */
export function sharedConnections(): SharedConnections {
  const global = globalThis as { [REGISTRY]?: SharedConnections }
  global[REGISTRY] ??= new SharedConnections(({ webSocket }) => createHttpPlatform(webSocket))
  return global[REGISTRY]
}
