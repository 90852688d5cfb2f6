import type { Engine } from '../engine.js'

/** What the suite needs of a test runner. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
  expect: Expect
}

export type Expect = (actual: unknown) => { toEqual(expected: unknown): unknown }

export interface EngineConformanceTarget {
  /** Names the engine in the test report. */
  readonly name: string
  /** A new, empty place, and how to open it. `now` is the clock of the engine. */
  createPlace(now: () => number): Promise<EnginePlace>
}

export interface EnginePlace {
  open(): Promise<Engine>
  /** Whether what was closed is there when it is opened again. */
  readonly isDurable: boolean
  /** Removes the place. */
  dispose(): Promise<void>
}

/** Makes the tests of the suite, each with a place of its own. */
export class ConformanceSuite {
  readonly #target: EngineConformanceTarget
  readonly #runner: ConformanceRunner

  constructor(target: EngineConformanceTarget, runner: ConformanceRunner) {
    this.#target = target
    this.#runner = runner
  }

  test(name: string, body: (bench: ConformanceBench, expect: Expect) => Promise<void>): void {
    this.#runner.it(name, async () => {
      const bench = await ConformanceBench.create(this.#target)
      try {
        await body(bench, this.#runner.expect)
      } finally {
        await bench.dispose()
      }
    })
  }
}

/** The place of one test, its clock, and the engine that is open there. */
export class ConformanceBench {
  readonly #clock: { time: number }
  readonly #place: EnginePlace
  #engine: Engine

  private constructor(clock: { time: number }, place: EnginePlace, engine: Engine) {
    this.#clock = clock
    this.#place = place
    this.#engine = engine
  }

  static async create(target: EngineConformanceTarget): Promise<ConformanceBench> {
    const clock = { time: 1_000_000_000_000 }
    const place = await target.createPlace(() => clock.time)
    return new ConformanceBench(clock, place, await place.open())
  }

  get engine(): Engine {
    return this.#engine
  }

  get time(): number {
    return this.#clock.time
  }

  set time(time: number) {
    this.#clock.time = time
  }

  /** Closes and opens the engine, where that keeps what is in it. */
  async reopen(): Promise<void> {
    if (!this.#place.isDurable) return
    await this.#engine.close()
    this.#engine = await this.#place.open()
  }

  async dispose(): Promise<void> {
    await this.#engine.close()
    await this.#place.dispose()
  }
}
