import { request } from 'node:http'
import { FirekeepError, type FirekeepErrorCode } from '@firekeep/core/protocol'
import { readBody } from '../http/read-body.js'
import { adminSocketPath } from './admin-socket.js'

const ANSWER_BYTES = 1024 * 1024

/** Gives an order to the server that runs on a folder. `undefined` where none runs; its error where it fails. */
export async function askServer<T>(
  dir: string,
  order: 'backup' | 'check',
  body: object = {},
): Promise<T | undefined> {
  const text = await send(adminSocketPath(dir), `/${order}`, JSON.stringify(body))
  if (text === undefined) return undefined
  const answer = JSON.parse(text) as T & { error?: { code: FirekeepErrorCode; message: string } }
  if (answer.error === undefined) return answer
  throw new FirekeepError(answer.error.code, answer.error.message)
}

function send(socketPath: string, path: string, body: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST' }, response => {
      readBody(response, ANSWER_BYTES).then(bytes => resolve(Buffer.from(bytes).toString()), reject)
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // Nothing there, or what a server left that was killed.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else reject(error)
    })
    sent.end(body)
  })
}
