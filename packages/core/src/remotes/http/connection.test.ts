import { describe, expect, it } from 'vitest'
import { pack, positionAfter } from '../../testing/remote-conformance/packs.js'
import { codeOf, HttpBench } from './fixtures/http-bench.js'
import { settle } from './fixtures/virtual-platform.js'

const MINUTE = 60_000

describe('the connection of a page to a server', () => {
  it('is one socket for 200 logs, and is closed with the last of them', async () => {
    const bench = new HttpBench()
    const logs = Array.from({ length: 200 }, (_, i) => bench.open(`log${i}`))
    await Promise.all(logs.map(log => log.append(pack(1))))
    for (const log of logs) log.follow(0, () => undefined)
    await settle()
    expect(bench.server.socketsEver).toBe(1)
    for (const log of logs.slice(1)) log.close()
    await settle()
    expect(bench.server.sockets.size).toBe(1)
    logs[0]?.close()
    await settle()
    expect([bench.server.sockets.size, bench.platform.timers]).toEqual([0, 0])
  })

  it('takes any number of calls at once without a warning of the platform', async () => {
    const warnings: string[] = []
    const listener = ({ message }: Error): number => warnings.push(message)
    process.on('warning', listener)
    for (const transport of ['auto', 'polling'] as const) {
      const log = new HttpBench({ transport }).open()
      await Promise.all(Array.from({ length: 300 }, () => log.read(0)))
      await Promise.all(Array.from({ length: 20 }, () => log.getBlob('a'.repeat(52))))
    }
    await settle()
    process.off('warning', listener)
    expect(warnings).toEqual([])
  })

  it('is shared only by those who go there in the same way', async () => {
    const bench = new HttpBench()
    const options = [
      {},
      { admission: 'a' },
      { admission: 'b' },
      { admission: 'a' },
      { transport: 'auto' as const },
    ]
    await Promise.all(options.map((each, i) => bench.open(`log${i}`, each).read(0)))
    expect(bench.server.socketsEver).toBe(3)
    expect(new Set(bench.server.admissions)).toEqual(new Set([undefined, 'a', 'b']))
  })

  it('is not made before it is needed, nor again after it was lost', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    await bench.platform.advance(MINUTE)
    expect(bench.server.requests).toEqual([])
    await log.read(0)
    bench.server.cut()
    await bench.platform.advance(10 * MINUTE)
    expect(bench.server.socketsEver).toBe(1)
    await log.read(0)
    expect(bench.server.socketsEver).toBe(2)
  })

  it('that breaks fails what is under way, tells followers, and comes back by itself', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    const heard = await bench.follow(log)
    bench.server.isSilent = true
    const pending = log.append(pack(1))
    const code = codeOf(pending)
    await settle()
    bench.server.cut()
    expect(await code).toBe('REMOTE_UNAVAILABLE')
    expect(heard()).toEqual(['lost'])
    bench.server.isSilent = false
    const other = await bench.openAside()
    await other.append(pack(5))
    await bench.platform.advance(1000)
    expect(heard()).toEqual(['lost', 'restored', 'news 1'])
  })

  it('tries again after longer and longer waits, up to a minute', async () => {
    const bench = new HttpBench()
    const heard = await bench.follow(bench.open())
    bench.server.isDown = true
    bench.server.cut()
    const tried = (): number => bench.count('SOCKET') - 1
    const before: number[] = []
    for (let minute = 0; minute < 10; minute += 1) {
      before.push(tried())
      await bench.platform.advance(MINUTE)
    }
    expect(before[1]).toBeGreaterThanOrEqual(5)
    expect(tried() - (before[5] as number)).toBeLessThanOrEqual(7)
    expect(tried() - (before[5] as number)).toBeGreaterThanOrEqual(4)
    expect(heard()).toEqual(['lost'])
    bench.server.isDown = false
    await bench.platform.advance(MINUTE)
    expect(heard()).toEqual(['lost', 'restored'])
  })

  it('is tried at once when the platform says that it is online', async () => {
    const bench = new HttpBench()
    const heard = await bench.follow(bench.open())
    bench.server.isDown = true
    bench.server.cut()
    await bench.platform.advance(5 * MINUTE)
    bench.server.isDown = false
    bench.platform.tellNetwork(true)
    await settle()
    expect(heard()).toEqual(['lost', 'restored'])
  })

  it('stays away as long as a server wants that is closing, and answers what is under way before', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    const heard = await bench.follow(log)
    const [socket] = bench.server.sockets
    const appended = log.append(pack(1))
    await settle()
    socket?.push({ kind: 'closing', retryAfter: 7000 })
    expect(await appended).toEqual(positionAfter(pack(1)))
    expect(await codeOf(log.read(0))).toBe('REMOTE_UNAVAILABLE')
    await bench.platform.advance(6900)
    await expect(log.read(0)).rejects.toMatchObject({ details: { retryAfter: 100 } })
    expect(bench.server.socketsEver).toBe(1)
    await bench.platform.advance(100)
    expect((await log.read(0)).head.seq).toBe(1)
    expect(heard().slice(-2)).toEqual(['lost', 'restored'])
  })

  it('that goes silent is asked for a sign of life, and lost without one', async () => {
    const bench = new HttpBench()
    const log = bench.open()
    const heard = await bench.follow(log)
    const opened = bench.server.tokens.length
    await bench.platform.advance(4 * MINUTE)
    expect(heard()).toEqual([])
    expect(bench.server.tokens.length).toBeGreaterThan(opened)
    bench.server.isSilent = true
    bench.server.intercept = () => new Response('a proxy', { status: 502 })
    const code = codeOf(log.read(0))
    await bench.platform.advance(74_000)
    expect(heard()).toEqual([])
    await bench.platform.advance(17_000)
    expect(heard()).toEqual(['lost'])
    expect(await code).toBe('REMOTE_UNAVAILABLE')
    bench.server.blocksSockets = true
    await expect(log.read(0)).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
  })

  it('that nobody waits for may be silent', async () => {
    const bench = new HttpBench()
    await bench.open().read(0)
    bench.server.isSilent = true
    await bench.platform.advance(60 * MINUTE)
    expect(bench.server.sockets.size).toBe(1)
  })

  it('that is not welcomed in 15 seconds is not made', async () => {
    const bench = new HttpBench()
    bench.server.isSilent = true
    bench.server.intercept = (_url, init) =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    const failed = codeOf(bench.open().read(0))
    await bench.platform.advance(29_000)
    expect(await Promise.race([failed, 'waiting'])).toBe('waiting')
    await bench.platform.advance(1001)
    expect(await failed).toBe('REMOTE_UNAVAILABLE')
  })

  it('ends the dialling that nobody waits for any more', async () => {
    const bench = new HttpBench()
    bench.server.isSilent = true
    const log = bench.open()
    const code = codeOf(log.read(0))
    await settle()
    expect(bench.server.sockets.size).toBe(1)
    log.close()
    expect(await code).toBe('ABORTED')
    await settle()
    expect([bench.server.sockets.size, bench.platform.timers]).toEqual([0, 0])
  })
})

describe('where sockets are blocked', () => {
  it('polls, and takes a socket when one works, without anybody noticing', async () => {
    const bench = new HttpBench()
    bench.server.blocksSockets = true
    const log = bench.open()
    const heard = await bench.follow(log)
    expect(await log.append(pack(1))).toEqual(positionAfter(pack(1)))
    await bench.platform.advance(4 * MINUTE)
    expect([bench.count('SOCKET'), heard()]).toEqual([1, ['news 1']])
    await bench.platform.advance(2 * MINUTE)
    expect(bench.count('SOCKET')).toBe(2)
    bench.server.blocksSockets = false
    await bench.platform.advance(5 * MINUTE)
    expect(bench.server.sockets.size).toBe(1)
    const exchanges = bench.count('POST')
    const other = await bench.openAside()
    await other.append(pack(2))
    await log.append(pack(3))
    await bench.platform.advance(MINUTE)
    expect(heard().at(-1)).toBe('news 3')
    expect(heard()).not.toContain('lost')
    expect(bench.count('POST')).toBe(exchanges)
  })

  it('waits for news of all logs in one exchange', async () => {
    const bench = new HttpBench({ transport: 'polling' })
    const logs = Array.from({ length: 20 }, (_, i) => bench.open(`log${i}`))
    const heard = await Promise.all(logs.map(log => bench.follow(log)))
    await bench.platform.advance(2000)
    const before = bench.count('POST')
    const other = await bench.openAside('log7')
    await other.append(pack(1))
    await bench.platform.advance(2000)
    expect(heard.map(events => events().length)).toEqual(logs.map((_, i) => (i === 7 ? 1 : 0)))
    expect(bench.count('POST') - before).toBe(1)
    expect(bench.count('SOCKET')).toBe(0)
  })

  it('is not driven into a loop by a server that does not hold back its answers', async () => {
    const bench = new HttpBench({ transport: 'polling' })
    bench.server.holdsBack = false
    const heard = await bench.follow(bench.open())
    await bench.platform.advance(10_000)
    expect(bench.count('POST')).toBeLessThan(20)
    const other = await bench.openAside()
    await other.append(pack(1))
    await bench.platform.advance(2000)
    expect(heard()).toEqual(['news 1'])
  })

  it('fails what is under way when the server cannot be reached', async () => {
    const bench = new HttpBench({ transport: 'polling' })
    const log = bench.open()
    const heard = await bench.follow(log)
    bench.server.isDown = true
    expect(await codeOf(log.append(pack(1)))).toBe('REMOTE_UNAVAILABLE')
    expect(heard()).toEqual(['lost'])
    bench.server.isDown = false
    await bench.platform.advance(2000)
    expect(heard()).toEqual(['lost', 'restored'])
  })
})
