import { FirekeepError } from '../errors.js'
import { Emitter } from '../primitives/emitter.js'
import type { LogAccess, Remote, RemoteEvent, RemoteLog } from '../protocol/remote.js'

/** A remote that can be cut off: every verb then rejects with `REMOTE_UNAVAILABLE`, and no news come. */
export class SwitchableRemote implements Remote {
  readonly id: string
  readonly #remote: Remote
  readonly #switched = new Emitter<RemoteEvent>()
  #isOnline = true

  constructor(remote: Remote) {
    this.#remote = remote
    this.id = remote.id
  }

  switch(isOnline: boolean): void {
    if (isOnline === this.#isOnline) return
    this.#isOnline = isOnline
    this.#switched.emit(isOnline ? { kind: 'restored' } : { kind: 'lost', error: switchedOff() })
  }

  async open(access: LogAccess): Promise<RemoteLog> {
    const log = await this.#remote.open(access)
    return new Proxy(log, {
      get: (_, verb: keyof RemoteLog) => {
        // Who awaits it looks for a `then`.
        if (!(verb in log)) return undefined
        if (verb === 'follow')
          return (after: number, listener: Listener) => this.#follow(log, after, listener)
        const call = log[verb] as (...input: unknown[]) => unknown
        if (verb === 'close') return call.bind(log)
        return async (...input: unknown[]) => {
          if (!this.#isOnline) throw switchedOff()
          return call.apply(log, input)
        }
      },
    })
  }

  #follow(log: RemoteLog, after: number, listener: Listener): () => void {
    const stops = [
      log.follow(after, event => this.#isOnline && listener(event)),
      this.#switched.subscribe(listener),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }
}

type Listener = (event: RemoteEvent) => void

function switchedOff(): FirekeepError {
  return new FirekeepError('REMOTE_UNAVAILABLE', 'the remote is switched off')
}
