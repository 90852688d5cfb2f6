import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '../admin/metrics.js'
import { unauthorized } from '../auth/auth-error.js'
import type { Engine } from '../engines/engine.js'
import type { Drain } from './drain.js'
import type { RouteContext } from './route-context.js'

export interface OperatorRoutesParts {
  readonly engine: Engine
  readonly drain: Drain
  readonly metrics: Metrics
  /** What a reader of the metrics has to know; without it everybody may read them. */
  readonly metricsToken: string | undefined
}

/** The process runs. */
export function liveness(): Response {
  return Response.json({ status: 'live' })
}

/** The server can serve: its storage works, and it is not about to end. */
export async function readiness(
  context: RouteContext,
  { engine, drain }: OperatorRoutesParts,
): Promise<Response> {
  if (drain.isDraining) return Response.json({ status: 'closing' }, { status: 503 })
  try {
    await engine.check()
    return Response.json({ status: 'ready' })
  } catch {
    return Response.json({ status: 'storage-failed', request: context.get('requestId') }, { status: 503 })
  }
}

export async function metrics(context: RouteContext, parts: OperatorRoutesParts): Promise<Response> {
  const given = /^Bearer (.+)$/.exec(context.req.header('Authorization') ?? '')?.[1]
  if (parts.metricsToken !== undefined && !isEqual(given ?? '', parts.metricsToken)) {
    throw unauthorized('the metrics take their token')
  }
  const headers = { 'Content-Type': parts.metrics.contentType }
  return new Response(await parts.metrics.text(), { headers })
}

function isEqual(a: string, b: string): boolean {
  const [first, second] = [a, b].map(text => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(first, second)
}
