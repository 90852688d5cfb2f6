import { FirekeepError } from '@firekeep/core'
import type { Connection } from './connection.js'

const VERSION = 1

/**
 * Packs lie in a table of their own, added at its end and later only ever overwritten in place by as many bytes.
 * SQLite zeroes what is deleted, but rows that it *moves* within a tree leave copies in the free part of a page
 * (measured: 9 of 1,000 overwritten packs were still in the file when entries held them). A row that never changes its
 * size and is never deleted is never moved. Room that became free is a hole, to be used by a later pack.
 *
 * Entries of all logs lie in the order they came, too: a commit of 100 entries of 100 logs then touches a third of the
 * pages that it would if each log had its own. The index of digests holds their first six bytes only.
 */
const TABLES = `
  CREATE TABLE logs (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, removed INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0, hash BLOB NOT NULL, bytes INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE packs (id INTEGER PRIMARY KEY, pack BLOB NOT NULL);
  CREATE TABLE holes (size INTEGER NOT NULL, pack INTEGER NOT NULL, PRIMARY KEY (size, pack)) WITHOUT ROWID;
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY, log INTEGER NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL, hash BLOB NOT NULL,
    prefix INTEGER NOT NULL, pack INTEGER NOT NULL, size INTEGER NOT NULL, redacted INTEGER NOT NULL DEFAULT 0,
    blobs TEXT
  );
  CREATE UNIQUE INDEX entry_by_seq ON entries (log, seq);
  CREATE INDEX entry_by_digest ON entries (log, prefix);
  CREATE INDEX entry_with_blobs ON entries (log, seq) WHERE blobs IS NOT NULL;
  CREATE TABLE pointers (
    log INTEGER NOT NULL, number INTEGER NOT NULL, version TEXT NOT NULL, seq INTEGER NOT NULL,
    blobs TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (log, number)
  );`

const SETTINGS = [
  'PRAGMA synchronous = FULL',
  'PRAGMA secure_delete = ON',
  'PRAGMA cache_size = -16384',
  'PRAGMA wal_autocheckpoint = 4000',
]

/** Makes the tables of a new file, and refuses one of a newer version with `UNSUPPORTED_FORMAT`. */
export async function prepareSchema(connection: Connection, file: string): Promise<void> {
  ;(await connection.prepare('PRAGMA journal_mode = WAL')).get()
  for (const setting of SETTINGS) await connection.exec(setting)
  const version = Number((await connection.prepare('PRAGMA user_version')).get()?.user_version)
  if (version > VERSION) {
    const message = `${file} was written by a newer version of the server (format ${version}, here ${VERSION}): upgrade`
    throw new FirekeepError('UNSUPPORTED_FORMAT', message, { details: { file, version } })
  }
  if (version === 0)
    await connection.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${VERSION}; COMMIT`)
}
