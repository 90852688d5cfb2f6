import type { LogAccess, Remote, RemoteEvent, RemoteLog } from '../../protocol/remote.js'
import type { ConformanceRunner } from '../storage-conformance/conformance-suite.js'
import { createRemoteAccess, type RemoteAccess } from './remote-access.js'

export interface RemoteConformanceTarget {
  /** Names the connector in the test report. */
  readonly name: string
  /** A new, empty place and a connector to it. */
  createRemote(): Promise<Remote>
  /** Another connector to the same place, as another device would have it. */
  reopenRemote?(remote: Remote): Promise<Remote>
  /** Removes what `createRemote` made. */
  disposeRemote?(remote: Remote): Promise<void>
}

type Expect = ConformanceRunner['expect']

/** Makes the tests of the suite, each with a place and a database of its own. */
export class RemoteSuite {
  readonly #target: RemoteConformanceTarget
  readonly #runner: ConformanceRunner

  constructor(target: RemoteConformanceTarget, runner: ConformanceRunner) {
    this.#target = target
    this.#runner = runner
  }

  /** A test with a place of its own; logs that it opens are closed after it. */
  test(name: string, body: (bench: RemoteBench, expect: Expect) => Promise<void>): void {
    this.#runner.it(name, async () => {
      const remote = await this.#target.createRemote()
      const bench = new RemoteBench(remote, this.#target, await createRemoteAccess())
      try {
        await body(bench, this.#runner.expect)
      } finally {
        bench.close()
        await this.#target.disposeRemote?.(remote)
      }
    })
  }
}

/** The place of one test, and what is open in it. */
export class RemoteBench {
  readonly remote: Remote
  readonly access: RemoteAccess
  readonly #target: RemoteConformanceTarget
  readonly #opened: RemoteLog[] = []

  constructor(remote: Remote, target: RemoteConformanceTarget, access: RemoteAccess) {
    this.remote = remote
    this.#target = target
    this.access = access
  }

  /** The log of this test's database, to write. */
  open(access: LogAccess = this.access.write): Promise<RemoteLog> {
    return this.#keep(this.remote.open(access))
  }

  /** The same log as far away as the target can make it: through another connector where it has that. */
  async openElsewhere(access: LogAccess = this.access.write): Promise<RemoteLog> {
    const remote = (await this.#target.reopenRemote?.(this.remote)) ?? this.remote
    return this.#keep(remote.open(access))
  }

  /** The log of another database. */
  async openOther(): Promise<RemoteLog> {
    return this.open((await createRemoteAccess()).write)
  }

  close(): void {
    for (const log of this.#opened) log.close()
  }

  async #keep(opening: Promise<RemoteLog>): Promise<RemoteLog> {
    const log = await opening
    this.#opened.push(log)
    return log
  }
}

/** What a follower heard, and a way to wait for it: a hint that never comes ends in the runner's time limit. */
export class Heard {
  readonly events: RemoteEvent[] = []
  readonly #waiting = new Set<() => void>()
  readonly listener = (event: RemoteEvent): void => {
    this.events.push(event)
    for (const wake of [...this.#waiting]) wake()
  }

  /** The end of the log as far as it was told. */
  get seq(): number {
    return Math.max(0, ...this.events.map(event => (event.kind === 'news' ? event.seq : 0)))
  }

  /** Resolves when news told of this entry or a later one. */
  reaches(seq: number): Promise<void> {
    return this.until(() => this.seq >= seq)
  }

  until(isReached: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (!isReached()) return
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
      check()
    })
  }
}
