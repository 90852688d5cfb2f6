import { pack } from './packs.js'
import { Heard, type RemoteSuite } from './remote-suite.js'

/** What followers hear, and when they hear nothing. */
export function testFollowing(suite: RemoteSuite): void {
  suite.test('a follower hears of what is appended here and elsewhere', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    const heard = new Heard()
    log.follow(0, heard.listener)
    await log.append(pack(1))
    await heard.reaches(1)
    await other.append(pack(2))
    await heard.reaches(2)
    expect(heard.seq).toEqual(2)
  })

  suite.test('a follower hears of what was there before', async (bench, expect) => {
    const log = await bench.open()
    for (const number of [1, 2, 3]) await log.append(pack(number))
    const heard = new Heard()
    ;(await bench.openElsewhere()).follow(1, heard.listener)
    await heard.reaches(3)
    expect(heard.seq).toEqual(3)
  })

  suite.test('entries that come with the news are those of the log', async (bench, expect) => {
    const [log, other] = [await bench.open(), await bench.openElsewhere()]
    const heard = new Heard()
    log.follow(0, heard.listener)
    for (const number of [1, 2, 3]) await other.append(pack(number))
    await heard.reaches(3)
    const { entries } = await log.read(0)
    for (const event of heard.events) {
      if (event.kind !== 'news') continue
      for (const entry of event.entries) expect(entry).toEqual(entries[entry.seq - 1])
    }
  })

  suite.test('each follower of several hears of its own log', async (bench, expect) => {
    const logs = [await bench.open(), await bench.openOther(), await bench.openOther()]
    const heard = logs.map(() => new Heard())
    for (const [i, log] of logs.entries()) log.follow(0, (heard[i] as Heard).listener)
    await logs[2]?.append(pack(1))
    await heard[2]?.reaches(1)
    await logs[1]?.append(pack(1))
    await logs[1]?.append(pack(2))
    await heard[1]?.reaches(2)
    expect(heard.map(({ seq }) => seq)).toEqual([0, 2, 1])
  })

  suite.test('a follower that ended hears nothing; others of the same log go on', async (bench, expect) => {
    const log = await bench.open()
    const [ended, going] = [new Heard(), new Heard()]
    const stop = log.follow(0, ended.listener)
    log.follow(0, going.listener)
    await log.append(pack(1))
    await Promise.all([ended.reaches(1), going.reaches(1)])
    stop()
    stop()
    await log.append(pack(2))
    await going.reaches(2)
    expect(ended.seq).toEqual(1)
  })

  suite.test(
    'a log that was closed is heard no more, and can be followed without an error',
    async (bench, expect) => {
      const [log, other] = [await bench.open(), await bench.openElsewhere()]
      const [closed, going] = [new Heard(), new Heard()]
      log.follow(0, closed.listener)
      other.follow(0, going.listener)
      await other.append(pack(1))
      await Promise.all([closed.reaches(1), going.reaches(1)])
      log.close()
      log.follow(0, closed.listener)()
      await other.append(pack(2))
      await going.reaches(2)
      expect(closed.seq).toEqual(1)
    },
  )
}
