import type { Database } from '../../src/database/database.js'
import type { AnyDocument } from '../../src/database/document-types.js'
import { openDatabase } from '../../src/database/firekeep.js'
import type { FirekeepOptions } from '../../src/database/options.js'
import type { Attachment } from '../../src/database/sync/attach-types.js'
import type { FirekeepError } from '../../src/errors.js'
import type { StorageSpace } from '../../src/storage/storage.js'
import { seededRandom } from '../../src/testing/seeded-random.js'
import { MortalSpace } from './mortal-space.js'
import { SimLink, type SimLinkParts } from './sim-link.js'

/** The one database of a simulation. */
export const NAME = 'test'
export const KEY = new Uint8Array(32).fill(7)

export interface SimTabParts extends SimLinkParts {
  /** Of its own for each tab that ever is. */
  readonly name: string
  readonly seed: number
  /** What its device holds; tabs of one device share it. */
  readonly space: StorageSpace
  readonly options: Pick<FirekeepOptions, 'autoCompact' | 'compress'>
  readonly storagePause: () => Promise<void>
  readonly isOnline: boolean
  /** Hears of what the library reports while the tab lives. */
  readonly report: (error: FirekeepError) => void
}

/** A page or process of a device, with the database open and attached to the server, until it is closed or dies. */
export class SimTab {
  readonly name: string
  readonly space: MortalSpace
  readonly link: SimLink
  readonly db: Database<AnyDocument>
  readonly attachment: Attachment
  #isClosed = false

  constructor(parts: SimTabParts) {
    const { name, seed, space, options, storagePause, time, report } = parts
    this.name = name
    this.link = new SimLink(parts)
    this.link.switch(parts.isOnline)
    this.space = new MortalSpace(space, name, {
      pause: storagePause,
      onDeath: () => {
        parts.trace(`${name} died`)
        this.link.switch(false)
      },
    })
    const reportAlive = (error: FirekeepError) => void (this.isAlive && report(error))
    const database = { storage: this.space, key: KEY, ...options }
    const environment = {
      now: () => time.now,
      random: seededRandom(seed),
      delay: time.delay,
      report: reportAlive,
    }
    this.db = openDatabase(NAME, database, environment)
    this.attachment = this.db.attach(this.link, { onError: reportAlive })
  }

  get isAlive(): boolean {
    return !this.#isClosed && !this.space.isDead
  }

  /** Frees what it holds; of a dead one nothing is left to be done but that. */
  async close(): Promise<void> {
    this.#isClosed = true
    try {
      await this.db.close()
    } catch (error) {
      if (!this.space.isDead) throw error
    }
  }
}
