import { FirekeepError } from '@firekeep/core/protocol'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { type BlobRoutesParts, getBlob, putBlob } from './blob-routes.js'
import type { ErrorReporter } from './error-reporter.js'
import { type ExchangeRouteParts, postExchange } from './exchange-route.js'
import { toHttpError } from './http-error.js'
import { liveness, metrics, type OperatorRoutesParts, readiness } from './operator-routes.js'
import type { RouteContext, RouteEnv } from './route-context.js'

export interface AppParts extends BlobRoutesParts, ExchangeRouteParts, OperatorRoutesParts {
  readonly reporter: ErrorReporter
  readonly newId: () => string
  /** Origins of pages that may use the API; `*` for all. */
  readonly cors: readonly string[]
}

const BLOB = '/v1/logs/:log/blobs/:name'
const DAY = 86_400

/** Everything that goes over plain HTTP. */
export function createApp(parts: AppParts): Hono<RouteEnv> {
  const app = new Hono<RouteEnv>()
  app.use(async (context, next) => {
    context.set('requestId', parts.newId())
    await next()
  })
  app.use('/v1/*', corsOf(parts.cors))
  app.get('/livez', liveness)
  app.get('/readyz', context => readiness(context, parts))
  app.get('/metrics', context => metrics(context, parts))
  app.post('/v1/exchange', context => postExchange(context, parts))
  app.put(BLOB, context => putBlob(context, parts))
  // A HEAD comes here as well.
  app.get(BLOB, context => getBlob(context, parts))
  app.notFound(context => {
    return refuse(context, parts, new FirekeepError('NOT_FOUND', 'Not found: there is no such route'))
  })
  app.onError((error, context) => refuse(context, parts, error))
  return app
}

function refuse(context: RouteContext, { reporter }: AppParts, error: unknown): Response {
  // The id is set first of all; a request that fails before is not ours.
  const { status, body, headers } = toHttpError(reporter.refuse(error, context.get('requestId'), 'CORRUPT'))
  return Response.json(body, { status, headers })
}

function corsOf(origins: readonly string[]) {
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'PUT', 'POST'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Firekeep-Admission',
      'Firekeep-Wait',
      'If-None-Match',
      'Range',
    ],
    exposeHeaders: ['Content-Length', 'Content-Range', 'ETag', 'Firekeep-Request', 'Retry-After'],
    maxAge: DAY,
  })
}
