/** The sync server of Firekeep, to be started by a program; `firekeep-server` starts it from a shell. */
export type { AdmissionOptions } from './auth/admission-options.js'
export {
  type IssuerKey,
  jwksIssuerKey,
  pemIssuerKey,
  remoteIssuerKey,
  secretIssuerKey,
} from './auth/issuer-keys.js'
export type { BlobContent, BlobRange, Blobs, StoredBlob } from './blobs/blobs.js'
export { type EmbeddedEngineOptions, openEmbeddedEngine } from './engines/embedded-engine.js'
export type { Engine } from './engines/engine.js'
export { openMemoryEngine } from './engines/memory-engine.js'
export type { Limits } from './limits/limits.js'
export type { AppendedEntry, Log, LogInfo, NewEntry, ReadLimits, StoredPage } from './log/log.js'
export { type FirekeepServer, startServer } from './server.js'
export type { ServerOptions } from './server-options.js'
