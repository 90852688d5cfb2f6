import { randomBytes } from 'node:crypto'
import {
  FirekeepError,
  PROTOCOL_VERSION,
  type ServerLimits,
  type ServerMessage,
} from '@firekeep/core/protocol'
import type { Logger } from 'pino'
import { GarbageTimer } from './admin/garbage-timer.js'
import { createLogName, type LogName } from './admin/log-name.js'
import { Metrics } from './admin/metrics.js'
import { createAdmission } from './auth/create-admission.js'
import { Rights } from './auth/rights.js'
import { TokenVerifier } from './auth/token-verifier.js'
import { collectBlobs } from './blobs/collect-blobs.js'
import { checkOptions } from './check-options.js'
import type { Engine } from './engines/engine.js'
import type { AppParts } from './http/app.js'
import type { ConnectionParts } from './http/connection.js'
import { Dispatcher } from './http/dispatch.js'
import { Drain } from './http/drain.js'
import { ErrorReporter } from './http/error-reporter.js'
import { NewsHub } from './http/news-hub.js'
import type { SocketServerParts } from './http/socket-server.js'
import { AddressBuckets } from './limits/address-buckets.js'
import { BlobQuota } from './limits/blob-quota.js'
import { ConnectionCounts } from './limits/connection-counts.js'
import { type Limits, toWireLimits } from './limits/limits.js'
import { NewDatabases } from './limits/new-databases.js'
import type { ServerOptions } from './server-options.js'

export interface ServiceParts {
  readonly options: ServerOptions
  readonly engine: Engine
  readonly limits: Limits
  readonly logger: Logger
}

/** All parts of a server but its sockets. */
export interface Service {
  readonly drain: Drain
  readonly news: NewsHub
  readonly garbage: GarbageTimer
  readonly appParts: AppParts
  readonly socketParts: SocketServerParts
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600

/** Wires the parts; it has no logic of its own. */
export function createService({ options, engine, limits, logger }: ServiceParts): Service {
  checkOptions(options)
  const now = options.now ?? Date.now
  const metrics = new Metrics()
  const logName = createLogName(options.logKey)
  const rate = limits.requestsPerSecond
  const newDatabases = new NewDatabases(perHour(limits.newDatabasesPerHour, now), () => {
    metrics.countEvent('database-begun')
  })
  const rights = createRights({ options, limits, metrics, logger, logName, now })
  const wireLimits = toWireLimits(limits)
  const news = new NewsHub(engine.log)
  const drain = new Drain(options.random ?? Math.random)
  const reporter = new ErrorReporter({ logger, now, logName })
  const { databaseBytes, logsPerConnection } = limits
  const connection: ConnectionParts = {
    dispatcher: new Dispatcher({
      engine,
      rights,
      newDatabases,
      news,
      metrics,
      limits: wireLimits,
      databaseBytes,
    }),
    ...{ news, reporter, drain, logsPerConnection, now },
  }
  const cors = options.cors ?? ['*']
  const shared = {
    ...connection,
    ...{ metrics, engine, rights, newDatabases, limits, logger, cors },
    origins: { origins: options.origins ?? [], hops: options.trustProxy ?? 0 },
    counts: new ConnectionCounts({ most: limits.connections, mostPerAddress: limits.connectionsPerAddress }),
    newId: () => randomBytes(9).toString('base64url'),
    welcome: createWelcome(wireLimits, now),
  }
  return {
    drain,
    news,
    garbage: createGarbageTimer({ options, engine, logger, logName, metrics, now }),
    socketParts: {
      ...shared,
      isOriginAllowed: origin => origin === undefined || cors.includes('*') || cors.includes(origin),
    },
    appParts: {
      ...shared,
      requests: new AddressBuckets({ perSecond: rate, burst: 2 * rate, now }),
      quota: new BlobQuota({ ...engine, ...limits }),
      metricsToken: options.metricsToken,
      answerBytes: limits.frameBytes,
      // One message of full size, and what opens its log and others.
      bodyBytes: 2 * limits.frameBytes,
    },
  }
}

interface Shared {
  readonly options: ServerOptions
  readonly metrics: Metrics
  readonly logger: Logger
  readonly logName: LogName
  readonly now: () => number
}

function createRights(parts: Shared & { readonly limits: Limits }): Rights {
  const { options, limits, metrics, logger, logName, now } = parts
  const perMinute = limits.authFailuresPerMinute
  return new Rights({
    verifier: new TokenVerifier(now),
    admission: createAdmission(options.admission ?? { kind: 'open' }, now),
    logPattern: limits.logPattern,
    failures: new AddressBuckets({ perSecond: perMinute / MINUTE_SECONDS, burst: perMinute, now }),
    onFailure: (code, { address, logId }) => {
      metrics.countAuthFailure(code)
      logger.info({ code, address, database: logName(logId) }, 'a token or an admission was refused')
    },
  })
}

function createGarbageTimer(parts: Shared & { readonly engine: Engine }): GarbageTimer {
  const { options, engine, logger, logName, metrics, now } = parts
  const { grace = DAY, collectInterval = HOUR } = options
  return new GarbageTimer({
    collect: signal => collectBlobs({ log: engine.log, blobs: engine.blobs, now, grace, signal }),
    interval: collectInterval,
    logger,
    logName,
    metrics,
  })
}

function perHour(count: number, now: () => number): AddressBuckets {
  return new AddressBuckets({ perSecond: count / HOUR_SECONDS, burst: count, now })
}

function createWelcome(limits: ServerLimits, now: () => number) {
  return (versions: readonly number[], audience: string): ServerMessage => {
    if (versions.includes(PROTOCOL_VERSION)) {
      return { kind: 'welcome', version: PROTOCOL_VERSION, time: now(), audience, limits }
    }
    throw new FirekeepError(
      'UNSUPPORTED_FORMAT',
      `this server speaks version ${PROTOCOL_VERSION} of the protocol`,
    )
  }
}
