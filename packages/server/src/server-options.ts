import type { Logger } from 'pino'
import type { AdmissionOptions } from './auth/admission-options.js'
import type { Engine } from './engines/engine.js'
import type { Limits } from './limits/limits.js'

/** Options of `startServer`; each has a flag and an environment variable of the command line. */
export interface ServerOptions {
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string
  /** The port to listen on; 0 takes a free one. Default 4747. */
  readonly port?: number
  /**
   * The origins that clients know the server by (`https://sync.example.org`); tokens name one of them. Without any it
   * is the one that a client connects to, which is fine on one's own machine. Name them on a public server: else a
   * token that a client gave to somebody else's server could be passed on to this one.
   */
  readonly origins?: readonly string[]
  /** Where logs and blobs are kept. Stays open when the server closes: it is the caller's. Default: in memory. */
  readonly engine?: Engine
  /** Default: silent. */
  readonly logger?: Logger
  /** Keys the names of databases in the logs; without it they change with each start. */
  readonly logKey?: string
  /** Whom to let in beside the right that a link gives. Default: everybody. */
  readonly admission?: AdmissionOptions
  /** Origins of pages that may use the server. Default `['*']`: there are no cookies, a page has what its link gives. */
  readonly cors?: readonly string[]
  /** How many proxies stand before the server and add to `X-Forwarded-For`. Default 0. */
  readonly trustProxy?: number
  readonly limits?: Partial<Limits>
  /** What a reader of `/metrics` has to send as a bearer token. Default: nothing. */
  readonly metricsToken?: string
  /** How long a blob is kept after nothing refers to it any more, in milliseconds. Default 24 hours. */
  readonly grace?: number
  /** How often such blobs are looked for, in milliseconds. Default one hour. */
  readonly collectInterval?: number
  /** How long `close` waits for requests that run, in milliseconds. Default 10 seconds. */
  readonly drainTimeout?: number
  /** Milliseconds since 1970. For tests. */
  readonly now?: () => number
  /** From 0 up to 1. For tests. */
  readonly random?: () => number
}
