import type { Storage, StorageSpace } from '../../storage/storage.js'

/** What the suite needs of a test runner: vitest, jest and `node:test` with an `expect` all have it. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
  expect(actual: unknown): { toEqual(expected: unknown): unknown }
}

export interface StorageConformanceTarget {
  /** Names the adapter in the test report. */
  readonly name: string
  /** A new, empty space. */
  createSpace(): Promise<StorageSpace>
  /** The same place through another space object, as another process or a later run would open it. */
  reopenSpace?(space: StorageSpace): Promise<StorageSpace>
  /** All bytes that the platform keeps of a space, in whatever pieces. Without it `erase` is not looked into. */
  rawBytes?(space: StorageSpace): Promise<Uint8Array[]>
  /** Removes what `createSpace` made. */
  disposeSpace?(space: StorageSpace): Promise<void>
}

type Expect = ConformanceRunner['expect']

/** Makes the tests of the suite, each with a space of its own. */
export class ConformanceSuite {
  readonly #target: StorageConformanceTarget
  readonly #runner: ConformanceRunner

  constructor(target: StorageConformanceTarget, runner: ConformanceRunner) {
    this.#target = target
    this.#runner = runner
  }

  /** A test with a space of its own; storages that it opens are closed after it. */
  test(name: string, body: (bench: ConformanceBench, expect: Expect) => Promise<void>): void {
    this.#runner.it(name, async () => {
      const bench = new ConformanceBench(await this.#target.createSpace(), this.#target)
      try {
        await body(bench, this.#runner.expect)
      } finally {
        await bench.close()
        await this.#target.disposeSpace?.(bench.space)
      }
    })
  }
}

/** The space of one test, and what is open in it. */
export class ConformanceBench {
  readonly space: StorageSpace
  readonly #target: StorageConformanceTarget
  readonly #opened: Storage[] = []

  constructor(space: StorageSpace, target: StorageConformanceTarget) {
    this.space = space
    this.#target = target
  }

  async open(id = 'first'): Promise<Storage> {
    return this.#keep(await this.space.open(id))
  }

  /** A holder as far away as the adapter can make one: through another space object where it has that. */
  async openElsewhere(id = 'first'): Promise<Storage> {
    const space = (await this.#target.reopenSpace?.(this.space)) ?? this.space
    return this.#keep(await space.open(id))
  }

  /** Whether the platform keeps these bytes anywhere; `undefined` where the adapter cannot tell. */
  async keeps(bytes: Uint8Array): Promise<boolean | undefined> {
    const pieces = await this.#target.rawBytes?.(this.space)
    return pieces?.some(piece => includes(piece, bytes))
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(storage => storage.close()))
  }

  #keep(storage: Storage): Storage {
    this.#opened.push(storage)
    return storage
  }
}

function includes(piece: Uint8Array, bytes: Uint8Array): boolean {
  for (let at = piece.indexOf(bytes[0] as number); at >= 0; at = piece.indexOf(bytes[0] as number, at + 1)) {
    if (bytes.every((byte, index) => piece[at + index] === byte)) return true
  }
  return false
}
