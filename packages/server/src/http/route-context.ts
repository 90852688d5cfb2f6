import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** What handlers of HTTP find beside the request. */
export interface RouteEnv {
  Bindings: HttpBindings
  Variables: {
    /** Names the request in answers and in the logs. */
    requestId: string
  }
}

export type RouteContext = Context<RouteEnv>
