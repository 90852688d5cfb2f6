import { seededRandom } from '../../src/testing/seeded-random.js'

/** What a simulation leaves to chance, the same in each run with a seed. */
export class Dice {
  readonly #bytes: (length: number) => Uint8Array

  constructor(seed: number) {
    this.#bytes = seededRandom(seed)
  }

  /** From 0 to below 1. */
  fraction(): number {
    return this.#bytes(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32
  }

  /** A whole number, both bounds included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(values: readonly T[]): T {
    return values[this.between(0, values.length - 1)] as T
  }

  /** Picks a name, each as often as its weight says. */
  weigh<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]
    let left = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      left -= weight
      if (left < 0) return name
    }
    return (entries[0] as [K, number])[0]
  }
}
