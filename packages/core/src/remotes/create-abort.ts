import { findBuiltInModule } from '../primitives/find-built-in-module.js'

/** A controller whose signal any number may listen to: Node takes more than ten for a leak and says so. */
export function createAbort(): AbortController {
  const controller = new AbortController()
  const events = findBuiltInModule<{ setMaxListeners(count: number, target: EventTarget): void }>(
    'node:events',
  )
  events?.setMaxListeners(0, controller.signal)
  return controller
}
