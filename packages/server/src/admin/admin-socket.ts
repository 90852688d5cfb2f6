import { createHash } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import type { Engine } from '../engines/engine.js'
import { readBody } from '../http/read-body.js'
import { checkData } from './check-data.js'

/** Where a server on this machine takes orders of its operator: in the folder of the data, for whoever may read that. */
export function adminSocketPath(dir: string): string {
  if (process.platform !== 'win32') return join(resolve(dir), 'admin.sock')
  return `\\\\.\\pipe\\firekeep-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 16)}`
}

export interface AdminSocket {
  close(): Promise<void>
}

const BODY_BYTES = 64 * 1024
/** What the address of a unix socket may have, on the systems that allow least. */
const PATH_BYTES = 103

/**
 * Opens the admin socket; the folder has to be locked by the engine, so what lies there is left over. Where the path
 * is too long for a socket there is none: `undefined`.
 */
export async function openAdminSocket(dir: string, engine: Engine): Promise<AdminSocket | undefined> {
  const path = adminSocketPath(dir)
  if (Buffer.byteLength(path) > PATH_BYTES) return undefined
  if (process.platform !== 'win32') await rm(path, { force: true })
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    void answer(request, response, engine)
  })
  // Nobody but the user of the server may connect, not even before its mode is set.
  await new Promise<void>((done, reject) => {
    server.once('error', reject)
    // It is bound within this call, so the mask holds for no other file that is made meanwhile.
    const mask = process.umask(0o177)
    try {
      server.listen(path, done)
    } finally {
      process.umask(mask)
    }
  })
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return {
    close: () => {
      const closed = new Promise<void>(done => server.close(() => done()))
      server.closeIdleConnections()
      return closed
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, engine: Engine): Promise<void> {
  try {
    const body = await readBody(request, BODY_BYTES)
    const value = await obey(`${request.method} ${request.url}`, body, engine)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
  } catch (error) {
    const code = error instanceof FirekeepError ? error.code : 'INTERNAL'
    const message = error instanceof Error ? error.message : String(error)
    response
      .writeHead(500, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ error: { code, message } }))
  }
}

async function obey(order: string, body: Uint8Array, engine: Engine): Promise<unknown> {
  if (order === 'POST /check') return checkData(engine)
  if (order !== 'POST /backup') throw new FirekeepError('NOT_FOUND', 'Not found: there is no such order')
  const { folder } = JSON.parse(Buffer.from(body).toString()) as { folder: string }
  if (engine.backup === undefined) {
    throw new FirekeepError('INVALID_OPTION', 'this engine is backed up by the means of its database')
  }
  await engine.backup(folder)
  return { folder }
}
