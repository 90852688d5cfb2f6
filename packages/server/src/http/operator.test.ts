import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { pemIssuerKey } from '../auth/issuer-keys.js'
import { openMemoryEngine } from '../engines/memory-engine.js'
import { runServer } from './fixtures/run-server.js'

describe('an operator', () => {
  it('is told that the server lives, and whether its storage works', async () => {
    const engine = await openMemoryEngine()
    const { url } = await runServer({ engine })
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    await engine.close()
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
  })

  it('reads metrics: appends, batches, sockets, open logs, bytes, failures, limits and events', async () => {
    const running = await runServer()
    const { log, url } = running
    const client = await running.writer()
    await client.append(log, new Uint8Array(randomBytes(100)))
    await client.refused({ kind: 'open', log, token: 'bad' })
    const text = await (await fetch(`${url}/metrics`)).text()
    for (const line of [
      'firekeep_append_seconds_count 1',
      'firekeep_append_batch_size_sum 1',
      'firekeep_sockets 1',
      'firekeep_open_logs 1',
      'firekeep_auth_failures_total{code="UNAUTHORIZED"} 1',
      'firekeep_events_total{event="database-begun"} 1',
    ]) {
      expect(text).toContain(line)
    }
    expect(text).toMatch(/firekeep_bytes_total\{direction="in"\} [1-9]/)
    expect(text).toMatch(/firekeep_bytes_total\{direction="out"\} [1-9]/)
    expect(text).not.toContain(log)
    client.socket.close()
    await client.closed()
    const after = async () => (await fetch(`${url}/metrics`)).text()
    await expect.poll(after).toContain('firekeep_open_logs 0')
  })

  it('keeps the metrics to those who know their token', async () => {
    const { url } = await runServer({ metricsToken: 'the-token-of-metrics' })
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
    const get = (token: string) => fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
    expect((await get('another')).status).toBe(401)
    expect((await get('the-token-of-metrics')).status).toBe(200)
  })

  it('finds that every other route is a 404 in JSON', async () => {
    const { url } = await runServer()
    for (const path of ['/', '/v1', '/v1/socket', '/v1/logs', '/admin', '/backup', '/%2e%2e/etc/passwd']) {
      const response = await fetch(url + path)
      const body = (await response.json()) as { error: { code: string } }
      expect([response.status, body.error.code]).toEqual([404, 'NOT_FOUND'])
    }
  })

  it('lets pages of all origins in, or of those that are named', async () => {
    const get = async (url: string) => {
      const response = await fetch(`${url}/v1/nothing`, { headers: { Origin: 'https://app.example' } })
      return response.headers.get('Access-Control-Allow-Origin')
    }
    expect(await get((await runServer()).url)).toBe('*')
    expect(await get((await runServer({ cors: ['https://app.example'] })).url)).toBe('https://app.example')
    const other = await runServer({ cors: ['https://other.example'] })
    expect(await get(other.url)).toBeNull()
    await expect(other.connect({ origin: 'https://app.example' })).rejects.toThrow('403')
    await other.connect({ origin: 'https://other.example' })
    await other.connect()
  })

  it('answers the preflight of a browser', async () => {
    const { url } = await runServer()
    const path = `${url}/v1/logs/${new TestDatabase().logId}/blobs/${'a'.repeat(52)}`
    const headers = {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'authorization,firekeep-admission',
    }
    const response = await fetch(path, { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Methods')).toContain('PUT')
    expect(response.headers.get('Access-Control-Allow-Headers')).toContain('Firekeep-Admission')
  })

  it('names the origins that tokens are for', async () => {
    const origins = ['https://a.example', 'https://b.example']
    const running = await runServer({ origins, trustProxy: 1 })
    const client = await running.connect({ headers: { Host: 'b.example', 'X-Forwarded-Proto': 'https' } })
    const { database, log, url } = running
    await client.open(database, { audience: 'https://b.example' })
    await client.open(database, { audience: 'https://a.example' })
    const token = await database.token({ audience: url })
    expect((await client.refused({ kind: 'open', log, token })).code).toBe('UNAUTHORIZED')
    const greeted = await running.connect({
      hello: false,
      headers: { Host: 'b.example', 'X-Forwarded-Proto': 'https' },
    })
    greeted.send({ kind: 'hello', versions: [1] })
    expect((await greeted.next('welcome')).audience).toBe('https://b.example')
    const direct = await running.connect({ hello: false })
    direct.send({ kind: 'hello', versions: [1] })
    expect((await direct.next('welcome')).audience).toBe('https://a.example')
  })

  it('admits by a secret, in `open` and in a header', async () => {
    const secret = 'the-secret-of-the-house'
    const running = await runServer({ admission: { kind: 'secret', secrets: [secret] } })
    const { database, log, url } = running
    const client = await running.connect()
    const token = await database.token({ audience: url })
    expect((await client.refused({ kind: 'open', log, token })).code).toBe('FORBIDDEN')
    expect((await client.refused({ kind: 'open', log, token, admission: 'wrong' })).code).toBe('FORBIDDEN')
    await client.open(database, { audience: url, admission: secret })
    const blob = (headers: Record<string, string>, query = '') =>
      fetch(`${url}/v1/logs/${log}/blobs/${'a'.repeat(52)}${query}`, {
        headers: { Authorization: `Bearer ${token}`, ...headers },
      })
    expect((await blob({})).status).toBe(403)
    expect((await blob({}, `?admission=${secret}`)).status).toBe(403)
    expect((await blob({ 'Firekeep-Admission': secret })).status).toBe(404)
  })

  it('admits by the JWT of an issuer', async () => {
    const issuer = new TestDatabase()
    const pem = issuer.write.publicKey.export({ type: 'spki', format: 'pem' }) as string
    const running = await runServer({ admission: { kind: 'issuer', keys: [pemIssuerKey(pem)] } })
    const client = await running.connect()
    const { database, log, url } = running
    const admission = await issuer.token({ audience: url, claims: { sub: 'ada', db: log } })
    await client.open(database, { audience: url, admission })
    const other = await issuer.token({ audience: url, claims: { sub: 'ada' } })
    const token = await database.token({ audience: url })
    expect((await client.refused({ kind: 'open', log, token, admission: other })).code).toBe('FORBIDDEN')
  })

  it('is not fooled by a request without a host', async () => {
    const { url } = await runServer()
    const status = await new Promise<number | undefined>(resolve => {
      const sent = request(`${url}/v1/exchange`, { method: 'POST', setHost: false }, response => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.end()
    })
    expect(status).toBe(400)
  })
})
