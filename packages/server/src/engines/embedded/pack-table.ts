import type { Connection, Statement } from './connection.js'

// A hole is used by a pack that fills half of it, about; smaller ones would waste it.
const SLACK = 256

/** The table of packs. See `schema.ts` for why a row never changes its size: what is replaced is overwritten. */
export class PackTable {
  readonly #statements: Statements
  /** Whether there may be holes: saves appends from looking for one that cannot be. */
  #hasHoles: boolean

  private constructor(statements: Statements, hasHoles: boolean) {
    this.#statements = statements
    this.#hasHoles = hasHoles
  }

  static async open(connection: Connection): Promise<PackTable> {
    const statements: Statements = {
      add: await connection.prepare('INSERT INTO packs (pack) VALUES (?)'),
      overwrite: await connection.prepare('UPDATE packs SET pack = ? WHERE id = ?'),
      sizeOf: await connection.prepare('SELECT length(pack) AS size FROM packs WHERE id = ?'),
      findHole: await connection.prepare(
        'SELECT size, pack FROM holes WHERE size BETWEEN ? AND ? ORDER BY size LIMIT 1',
      ),
      addHole: await connection.prepare('INSERT INTO holes (size, pack) VALUES (?, ?)'),
      dropHole: await connection.prepare('DELETE FROM holes WHERE size = ? AND pack = ?'),
    }
    const hole = (await connection.prepare('SELECT 1 AS one FROM holes LIMIT 1')).get()
    return new PackTable(statements, hole !== undefined)
  }

  /** Stores a pack; answers its row. */
  add(pack: Uint8Array): number {
    const { add, findHole, dropHole } = this.#statements
    const hole = this.#hasHoles ? findHole.get(pack.length, 2 * pack.length + SLACK) : undefined
    if (!hole) return add.run(pack).lastInsertRowid
    const row = hole.pack as number
    dropHole.run(hole.size as number, row)
    this.#overwrite(row, hole.size as number, pack)
    return row
  }

  /** Stores a pack in the place of another, whose bytes are overwritten; answers its row. */
  replace(row: number, pack: Uint8Array): number {
    const size = this.#sizeOf(row)
    if (pack.length > size) {
      this.free(row)
      return this.add(pack)
    }
    this.#overwrite(row, size, pack)
    return row
  }

  /** Overwrites a pack with zeros and keeps its room for another. */
  free(row: number): void {
    const size = this.#sizeOf(row)
    this.#overwrite(row, size, new Uint8Array(0))
    this.#statements.addHole.run(size, row)
    this.#hasHoles = true
  }

  #overwrite(row: number, size: number, pack: Uint8Array): void {
    const padded = new Uint8Array(size)
    padded.set(pack)
    this.#statements.overwrite.run(padded, row)
  }

  #sizeOf(row: number): number {
    return this.#statements.sizeOf.get(row)?.size as number
  }
}

interface Statements {
  readonly add: Statement
  readonly overwrite: Statement
  readonly sizeOf: Statement
  readonly findHole: Statement
  readonly addHole: Statement
  readonly dropHole: Statement
}
