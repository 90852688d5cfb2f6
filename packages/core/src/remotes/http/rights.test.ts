import { describe, expect, it } from 'vitest'
import { blobName, pack } from '../../testing/remote-conformance/packs.js'
import { codeOf, HttpBench } from './fixtures/http-bench.js'
import { settle } from './fixtures/virtual-platform.js'

const HOUR = 3_600_000

describe.each(['auto', 'polling'] as const)('tokens (%s)', transport => {
  it('are for the origin of the address, whatever the server calls itself', async () => {
    const bench = new HttpBench({ transport })
    bench.server.audience = 'https://victim.test'
    const log = bench.open()
    await log.append(pack(1))
    await log.putBlob(blobName(pack(7)), pack(7))
    expect(new Set(bench.server.tokens.map(token => token.aud))).toEqual(new Set(['https://sync.test']))
  })

  it('are renewed before they expire, as long as somebody follows', async () => {
    const bench = new HttpBench({ transport })
    const refused: string[] = []
    bench.server.tamper = message => {
      if (message.kind === 'error') refused.push(message.code)
      return message
    }
    const heard = await bench.follow(bench.open())
    for (let time = 0; time < HOUR; time += 60_000) {
      await bench.platform.advance(60_000)
      const newest = Math.max(...bench.server.tokens.map(token => token.exp))
      expect(newest).toBeGreaterThan(bench.server.now())
    }
    const other = await bench.openAside()
    await other.append(pack(1))
    await bench.platform.advance(2000)
    expect([heard(), refused]).toEqual([['news 1'], []])
  })

  it('are renewed by a verb that comes late', async () => {
    const bench = new HttpBench({ transport })
    const log = bench.open()
    await log.append(pack(1))
    await bench.platform.advance(HOUR)
    expect((await log.append(pack(2))).seq).toBe(2)
    await bench.platform.advance(HOUR)
    expect(await log.getBlob(blobName(pack(7)))).toBe(undefined)
  })

  it('are made by the clock of the server', async () => {
    for (const skew of [HOUR, -HOUR]) {
      const bench = new HttpBench({ transport })
      bench.platform.skew = skew
      expect((await bench.open().append(pack(1))).seq).toBe(1)
      expect(bench.server.tokens.length).toBeLessThanOrEqual(2)
    }
  })

  it('are made anew, once, when a clock was set since', async () => {
    const bench = new HttpBench({ transport })
    const log = bench.open()
    await log.append(pack(1))
    bench.platform.skew = HOUR
    await bench.platform.advance(500_000)
    expect((await log.append(pack(2))).seq).toBe(2)
    await log.putBlob(blobName(pack(7)), pack(7))
    bench.platform.skew = -HOUR
    await bench.platform.advance(500_000)
    expect(await log.getBlob(blobName(pack(7)))).toEqual(pack(7))
  })

  it('that nobody accepts are an error, and no loop', async () => {
    const bench = new HttpBench({ transport })
    bench.server.authorize = () => {
      throw Object.assign(new Error('no'), { code: 'UNAUTHORIZED' })
    }
    const log = bench.open()
    const heard = await bench.follow(log)
    expect(heard()).toEqual(['lost'])
    expect(await codeOf(log.read(0))).toBe('UNAUTHORIZED')
    expect(await codeOf(log.getBlob(blobName(pack(7))))).toBe('UNAUTHORIZED')
    const asked = bench.server.requests.length
    await bench.platform.advance(HOUR)
    expect(bench.server.requests.length - asked).toBeLessThan(20)
  })
})

describe('a log whose token expired on the server', () => {
  it('is opened and followed again, and nobody notices', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    const heard = await bench.follow(log)
    bench.server.expireTokens()
    await settle()
    const other = await bench.openAside()
    await other.append(pack(1))
    await settle()
    expect(heard()).toEqual(['news 1'])
    bench.server.expireTokens()
    expect((await log.append(pack(2))).seq).toBe(2)
  })

  it('is not opened again and again by a server that refuses it at once', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    bench.server.tamper = message => {
      if (message.kind === 'done' && 'expires' in message.value)
        setImmediate(() => bench.server.expireTokens())
      return message
    }
    const heard = await bench.follow(log)
    await bench.platform.advance(1000)
    expect(heard()).toContain('lost')
    expect(bench.server.tokens.length).toBeLessThan(10)
  })
})

describe('admission', () => {
  it('goes along with tokens, in messages and headers, and is asked for anew', async () => {
    let asked = 0
    const admission = async (): Promise<string> => {
      asked += 1
      return `pass ${asked}`
    }
    const bench = new HttpBench({ admission })
    const log = bench.open()
    await log.append(pack(1))
    await log.putBlob(blobName(pack(7)), pack(7))
    await bench.platform.advance(HOUR)
    await log.append(pack(2))
    expect(new Set(bench.server.admissions)).toEqual(new Set(['pass 1', 'pass 2']))
    expect(bench.server.requests.filter(request => /pass|eyJ/.test(request))).toEqual([])
  })

  it('that cannot be had makes the server unavailable; one that is no text is refused', async () => {
    const failing = new HttpBench({ admission: () => Promise.reject(new Error('offline')) })
    expect(await codeOf(failing.open().read(0))).toBe('REMOTE_UNAVAILABLE')
    const wrong = new HttpBench({ admission: () => 'x'.repeat(20_000) })
    expect(await codeOf(wrong.open().read(0))).toBe('INVALID_OPTION')
  })
})
