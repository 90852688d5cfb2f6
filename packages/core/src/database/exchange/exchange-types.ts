import type { Clock } from '../document-types.js'

export type { Proof } from '../../audit/proof.js'
export type { Finding, VerifyReport } from '../../audit/verify-report.js'
export type { ByteSource } from '../../exchange/byte-source.js'

export interface ExportOptions {
  /** `true`: sealed with the key of the database, so that only who has it can read or import it. Default `false`: anybody who has the bytes can read them. */
  readonly sealed?: boolean
  /**
   * Attachments too, those that are on this device. Default `true`. One that is damaged is fetched anew; where no attached
   * remote has it whole, the export fails with `CORRUPT`, and `details.pack` names it.
   */
  readonly files?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

export interface ImportReport {
  readonly clock: Clock
  /** Commits that were not here before. */
  readonly commits: number
  /** Contents that came back of commits that were here. */
  readonly restored: number
  /**
   * File packs that were damaged already when the archive was written, by name (`pack` of the attachments names them): the
   * documents came in without their contents. Missing where there is none.
   */
  readonly damagedFiles?: readonly string[]
}

/** Takes bytes in order; what it returns is waited for. */
export type ByteSink = (bytes: Uint8Array) => void | Promise<void>
