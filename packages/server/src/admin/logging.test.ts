import { FirekeepError } from '@firekeep/core/protocol'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { describeError } from './describe-error.js'
import { GarbageTimer } from './garbage-timer.js'
import { createLogName } from './log-name.js'
import { Metrics } from './metrics.js'

describe('the name of a database in the logs', () => {
  it('is the same under one key, and another under each other', () => {
    const { logId } = new TestDatabase()
    expect(createLogName('key')(logId)).toBe(createLogName('key')(logId))
    expect(createLogName('key')(logId)).not.toBe(createLogName('other')(logId))
    expect(createLogName(undefined)(logId)).not.toBe(createLogName(undefined)(logId))
    expect(logId).not.toContain(createLogName('key')(logId))
  })
})

describe('an error in the logs', () => {
  it('has its causes and stacks, and neither ids nor tokens nor details', async () => {
    const database = new TestDatabase()
    const token = await database.token({ audience: 'http://x' })
    const cause = new TypeError(`of ${database.logId}`)
    const error = new FirekeepError('INTERNAL', `with ${token}`, { cause, details: { secret: 'planted' } })
    const described = describeError(error, createLogName('key'))
    expect(described).toMatchObject({ type: 'FirekeepError', code: 'INTERNAL', cause: { type: 'TypeError' } })
    expect(described.stack).toContain('logging.test')
    const text = JSON.stringify(described)
    for (const planted of [database.logId, token, token.split('.')[2] as string, 'planted']) {
      expect(text).not.toContain(planted)
    }
    expect(text).toContain(createLogName('key')(database.logId))
  })

  it('may be anything, also its own cause', () => {
    const name = createLogName('key')
    expect(describeError('text', name)).toEqual({ type: 'string', message: 'text' })
    const endless = new Error('round')
    endless.cause = endless
    expect(JSON.stringify(describeError(endless, name)).match(/"message"/g)).toHaveLength(6)
  })
})

describe('the garbage timer', () => {
  it('collects again and again, also after a failure, until it is stopped', async () => {
    const lines: string[] = []
    const logger = pino({}, { write: line => void lines.push(line) })
    const { logId } = new TestDatabase()
    let calls = 0
    let signal: AbortSignal | undefined
    let enough = (): void => undefined
    const thrice = new Promise<void>(resolve => {
      enough = resolve
    })
    const collect = async (given: AbortSignal) => {
      signal = given
      calls += 1
      if (calls === 1) throw new Error(`the disk is away, with ${logId}`)
      if (calls === 3) enough()
      return { removed: 2, bytes: 10 }
    }
    const logName = createLogName('key')
    const timer = new GarbageTimer({ collect, interval: 1, logger, logName, metrics: new Metrics() })
    timer.start()
    await thrice
    await timer.stop()
    const after = calls
    await new Promise(resolve => setTimeout(resolve, 10))
    expect(calls).toBe(after)
    expect(signal?.aborted).toBe(true)
    expect(lines.join('')).toContain(`the disk is away, with <${logName(logId)}>`)
    expect(lines.join('')).not.toContain(logId)
    expect(lines.join('')).toContain('"removed":2')
  })
})
