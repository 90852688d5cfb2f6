import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { createNodeProcessTable } from './node-process-table.js'
import {
  createProcessTable,
  formatOwner,
  type Owner,
  type ProcessProbe,
  parseOwner,
} from './process-table.js'

const self: Owner = { boot: 'boot 1', machine: 'machine', namespace: 'ns 1', pid: 10, start: '100' }

function table(probe: Partial<ProcessProbe> = {}) {
  return createProcessTable({ self, tellsBoots: true, isRunning: () => true, startOf: () => '100', ...probe })
}

describe('an owner is provably gone', () => {
  const gone = { isRunning: () => false }

  it('when no process of its boot and namespace has its id', () => {
    expect(table(gone).isGone(self, true)).toBe(true)
    expect(table(gone).isGone(self, false)).toBe(true)
    expect(table().isGone(self, true)).toBe(false)
  })

  it('when the process that has its id started at another time', () => {
    expect(table().isGone({ ...self, start: '99' }, true)).toBe(true)
    expect(table().isGone({ ...self, start: '' }, true)).toBe(false)
    expect(table({ startOf: () => '' }).isGone({ ...self, start: '99' }, true)).toBe(false)
  })

  it('when its machine was booted since, and nobody else can have the folder mounted', () => {
    const before = { ...self, boot: 'boot 0' }
    expect(table().isGone(before, true)).toBe(true)
    expect(table().isGone(before, false)).toBe(false)
    expect(table(gone).isGone({ ...before, machine: 'another' }, true)).toBe(false)
    expect(table(gone).isGone({ ...before, machine: '' }, true)).toBe(false)
    expect(table(gone).isGone({ ...before, boot: '' }, true)).toBe(false)
  })

  it('never in another namespace: the same id is another process there', () => {
    expect(table(gone).isGone({ ...self, namespace: 'ns 2' }, true)).toBe(false)
    expect(table(gone).isGone({ ...self, namespace: '' }, true)).toBe(false)
  })

  it('where boots are not told apart, on the same machine only', () => {
    const owner = { ...self, boot: '', namespace: '' }
    const plain = { tellsBoots: false, self: owner }
    expect(table({ ...plain, ...gone }).isGone(owner, false)).toBe(true)
    expect(table(plain).isGone(owner, true)).toBe(false)
    expect(table(plain).isGone({ ...owner, start: '99' }, true)).toBe(true)
    expect(table({ ...plain, ...gone }).isGone({ ...owner, machine: 'another' }, true)).toBe(false)
    const unknown = { ...owner, machine: '' }
    expect(table({ ...plain, ...gone, self: unknown }).isGone(unknown, true)).toBe(false)
  })
})

describe('an owner as text', () => {
  it('comes back', () => {
    expect(parseOwner(formatOwner(self))).toEqual(self)
  })

  it.each([
    '',
    'free',
    '{',
    '{}',
    'null',
    '[]',
    '{"boot":"b","machine":"m","namespace":"n","pid":"1","start":"s"}',
  ])('is none in %j', text => {
    expect(parseOwner(text)).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux')('the process table of Linux', () => {
  const children: ChildProcess[] = []

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  function start(command: string, args: string[]): ChildProcess {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    children.push(child)
    return child
  }

  function ownerOf(pid: number): Owner {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string
    return { ...createNodeProcessTable().self, pid, start }
  }

  it('describes this process', () => {
    const { self, isGone } = createNodeProcessTable()
    expect(self).toEqual(ownerOf(process.pid))
    expect(self.boot).toMatch(/^[0-9a-f-]{36}$/)
    expect(self.namespace).toMatch(/^pid:\[\d+\]$/)
    expect(isGone(self, true)).toBe(false)
  })

  it('tells a paused process from one that was killed', async () => {
    const child = start('sleep', ['1000'])
    await once(child, 'spawn')
    const owner = ownerOf(child.pid as number)
    const { isGone } = createNodeProcessTable()
    expect(isGone(owner, true)).toBe(false)
    child.kill('SIGSTOP')
    expect(isGone(owner, true)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isGone(owner, true)).toBe(true)
  })

  it('knows that a process is gone that was not waited for', async () => {
    const parent = start('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'])
    const [line] = (await once(parent.stdout as NodeJS.EventEmitter, 'data')) as [Buffer]
    const pid = Number(line.toString())
    const owner = ownerOf(pid)
    const { isGone } = createNodeProcessTable()
    expect(isGone(owner, true)).toBe(false)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isGone(owner, true)).toBe(true)
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(' Z ')
  })
})
