import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TestDatabase } from '../auth/fixtures/test-database.js'
import { TestClient } from '../http/fixtures/test-client.js'
import { TestTerminal } from './fixtures/test-terminal.js'
import { OPTION_TABLE, variableOf } from './option-table.js'

function pack(): Uint8Array {
  return new Uint8Array(randomBytes(100))
}

async function writer(url: string, database: TestDatabase, admission?: string): Promise<TestClient> {
  const client = await TestClient.connect(url)
  await client.open(database, { audience: url, ...(admission === undefined ? {} : { admission }) })
  return client
}

describe('firekeep-server', () => {
  it('serves the folder of the user without any option but a port, and keeps what was appended', async () => {
    const terminal = await TestTerminal.open()
    const database = new TestDatabase()
    const first = await terminal.serve()
    expect(terminal.printed).toEqual([expect.stringContaining(join(terminal.folder, 'firekeep-server'))])
    const client = await writer(first.url, database)
    await client.append(database.logId, pack())
    expect(await first.end()).toBe(0)
    expect(await client.closed()).toBe(1012)
    const again = new TestTerminal(terminal.folder)
    const second = await again.serve()
    const reopened = await TestClient.connect(second.url)
    expect((await reopened.open(database, { audience: second.url })).head.seq).toBe(1)
    reopened.end()
  })

  it('logs lines of JSON that hold neither ids nor tokens nor secrets', async () => {
    const terminal = await TestTerminal.open()
    const database = new TestDatabase()
    terminal.env.FIREKEEP_ADMISSION_SECRET = 'planted-admission-secret'
    const { url, end } = await terminal.serve('--admit', 'secret', '--log-level', 'debug')
    const client = await writer(url, database, 'planted-admission-secret')
    await client.append(database.logId, pack())
    const token = await database.token({ audience: 'http://elsewhere' })
    await client.refused({ kind: 'open', log: database.logId, token, admission: 'planted-wrong-one' })
    client.end()
    await end()
    const text = terminal.logged.join('')
    expect(terminal.logged.map(line => JSON.parse(line).msg)).toContain('a token or an admission was refused')
    for (const planted of [database.logId, token.split('.')[2] as string, 'planted', database.wk]) {
      expect(text).not.toContain(planted)
    }
  })

  it('takes each option from its variable as well', async () => {
    const terminal = await TestTerminal.open()
    Object.assign(terminal.env, {
      FIREKEEP_DIR: join(terminal.folder, 'elsewhere'),
      FIREKEEP_MAX_BLOB: '1KiB',
    })
    Object.assign(process.env, terminal.env)
    try {
      const { url } = await terminal.serve()
      expect(terminal.printed[0]).toContain('elsewhere')
      const client = await TestClient.connect(url, { hello: false })
      client.send({ kind: 'hello', versions: [1] })
      expect((await client.next('welcome')).limits.blobBytes).toBe(1024)
      client.end()
    } finally {
      for (const name of Object.keys(terminal.env)) delete process.env[name]
    }
  })

  it.each([
    [['--nonsense'], 'unknown option'],
    [['nonsense'], 'too many arguments'],
    [['--port', '70000'], 'a port is at most 65535'],
    [['--port', 'x'], 'it is a whole number'],
    [['--max-frame', '8MB'], 'a size is a number and KiB'],
    [['--idle-timeout', '10'], 'a time is a number and ms'],
    [['--log-pattern', '('], 'it is a regular expression'],
    [['--grace', '119m'], 'is 2h at least'],
    [['--admit', 'nobody'], 'Allowed choices are open, secret, issuer'],
    [['--admit', 'secret'], 'takes one secret'],
    [['--admit', 'issuer'], 'takes one key'],
    [['--admit', 'secret', '--admission-secret-file', '/nowhere'], 'cannot be read'],
    [['--origin', 'example.org', '--port', '0'], 'is no origin'],
    [['backup'], 'missing required argument'],
  ])('ends with 2 and a sentence after %j', async (args, sentence) => {
    const terminal = await TestTerminal.open()
    expect(await terminal.run(...args)).toBe(2)
    expect(terminal.complaints.join('\n')).toContain(sentence)
    expect(terminal.printed).toEqual([])
  })

  it('has no option that would take a secret in its arguments', () => {
    const names = OPTION_TABLE.map(({ name }) => name)
    expect(names.filter(name => /secret|token|key/.test(name) && !name.endsWith('-file'))).toEqual([])
  })

  it('helps: with all commands, and with all options and their variables', async () => {
    const terminal = await TestTerminal.open()
    expect(await terminal.run('--help')).toBe(0)
    for (const name of ['serve', 'backup', 'restore', 'check'])
      expect(terminal.printed.join('')).toContain(name)
    expect(await terminal.run('serve', '--help')).toBe(0)
    const help = terminal.printed.join('').replaceAll(/\s+/g, ' ')
    for (const row of OPTION_TABLE) {
      expect(help).toContain(`--${row.name} ${row.value}`)
      expect(help).toContain(variableOf(row))
    }
  })

  it('has all its options in the guide of deployment', async () => {
    const guide = await readFile(new URL('../../../../docs/deploy.md', import.meta.url), 'utf8')
    for (const row of OPTION_TABLE) {
      const line = guide.split('\n').find(text => text.startsWith(`| \`--${row.name}`)) ?? row.name
      expect(line).toContain(`\`${variableOf(row)}\``)
      if (row.standard !== undefined) expect(line).toContain(`\`${row.standard}\``)
    }
  })

  it('serves also where its admin socket cannot be opened, and says so; its folder is for its user only', async () => {
    const terminal = await TestTerminal.open()
    const dir = join(terminal.folder, 'firekeep-server')
    const { end } = await terminal.serve()
    expect((await stat(dir)).mode & 0o777).toBe(0o700)
    await end()
    await mkdir(join(dir, 'admin.sock'))
    const again = new TestTerminal(terminal.folder)
    const { url } = await again.serve()
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(again.logged.join('')).toContain('the admin socket cannot be opened')
  })

  it('ends with 1 where another server has the folder', async () => {
    const terminal = await TestTerminal.open()
    await terminal.serve()
    const second = new TestTerminal(terminal.folder)
    expect(await second.run('--port', '0')).toBe(1)
    expect(second.complaints.join('')).toContain('in use by another server')
  })
})

describe('firekeep-server backup, restore and check', () => {
  it('back up a server that runs; what was restored has what was acknowledged before', async () => {
    const terminal = await TestTerminal.open()
    const database = new TestDatabase()
    const { url, end } = await terminal.serve()
    const client = await writer(url, database)
    await client.append(database.logId, pack())
    const backup = join(terminal.folder, 'backup')
    expect(await terminal.run('backup', backup)).toBe(0)
    await client.append(database.logId, pack())
    client.end()
    expect(await terminal.run('check')).toBe(0)
    expect(terminal.printed.at(-1)).toContain('1 databases, 2 entries')
    await end()
    const restored = join(terminal.folder, 'restored')
    expect(await terminal.run('restore', backup, '--dir', restored)).toBe(0)
    expect(terminal.printed.at(-2)).toContain('1 databases, 1 entries, 0 blobs, 0 faults')
    const second = await new TestTerminal(terminal.folder).serve('--dir', restored)
    const reader = await TestClient.connect(second.url)
    expect((await reader.open(database, { audience: second.url })).head.seq).toBe(1)
    reader.end()
  })

  it('restore into a folder that stays what it is, such as a mount point, and leave nothing else there', async () => {
    const terminal = await TestTerminal.open()
    await (await terminal.serve()).end()
    const [backup, dir] = [join(terminal.folder, 'backup'), join(terminal.folder, 'mounted')]
    await terminal.run('backup', backup)
    expect((await stat(backup)).mode & 0o777).toBe(0o700)
    await mkdir(join(dir, 'lost+found'), { recursive: true })
    await mkdir(join(dir, '.restoring', 'of-one-that-was-killed'), { recursive: true })
    const { ino } = await stat(dir)
    expect(await terminal.run('restore', backup, '--dir', dir)).toBe(0)
    expect((await stat(dir)).ino).toBe(ino)
    const names = (await readdir(dir)).filter(name => !/-(shm|wal)$/.test(name))
    expect(names.sort()).toEqual(['blobs', 'firekeep.sqlite', 'lock', 'lost+found', 'tmp'])
  })

  it('say so where the server made the backup in another place of the same name', async () => {
    const terminal = await TestTerminal.open()
    const { end } = await terminal.serve()
    const [dir, backup] = [join(terminal.folder, 'firekeep-server'), join(terminal.folder, 'backup')]
    await end()
    const away = createServer((_, response) => response.end(JSON.stringify({ folder: backup })))
    onTestFinished(() => void away.close())
    await new Promise<void>(resolve => away.listen(join(dir, 'admin.sock'), resolve))
    expect(await terminal.run('backup', backup)).toBe(2)
    expect(terminal.complaints.join('')).toContain('name a folder that both see alike')
    expect(terminal.printed.join('')).not.toContain('Backed up')
  })

  it('work where no server runs', async () => {
    const terminal = await TestTerminal.open()
    await (await terminal.serve()).end()
    expect(await terminal.run('check')).toBe(0)
    expect(await terminal.run('backup', join(terminal.folder, 'backup'))).toBe(0)
  })

  it('overwrite nothing, and make nothing of a folder without data', async () => {
    const terminal = await TestTerminal.open()
    await (await terminal.serve()).end()
    const [backup, nowhere] = [join(terminal.folder, 'backup'), join(terminal.folder, 'nowhere')]
    await terminal.run('backup', backup)
    expect(await terminal.run('backup', backup)).toBe(2)
    expect(await terminal.run('restore', backup)).toBe(2)
    expect(await terminal.run('restore', nowhere, '--dir', join(terminal.folder, 'new'))).toBe(2)
    expect(await terminal.run('check', '--dir', nowhere)).toBe(2)
    expect(await terminal.run('backup', join(terminal.folder, 'b2'), '--dir', nowhere)).toBe(2)
    await expect(readFile(join(nowhere, 'lock'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('say which data is damaged, and end with 1', async () => {
    const terminal = await TestTerminal.open()
    const database = new TestDatabase()
    const { url, end } = await terminal.serve()
    const bytes = randomBytes(100)
    const { createHash } = await import('node:crypto')
    const { digestToName } = await import('../blobs/blob-name.js')
    const name = digestToName(createHash('sha256').update(bytes).digest())
    const headers = { Authorization: `Bearer ${await database.token({ audience: url })}` }
    const path = `${url}/v1/logs/${database.logId}/blobs/${name}`
    expect((await fetch(path, { method: 'PUT', body: new Uint8Array(bytes), headers })).status).toBe(204)
    const client = await writer(url, database)
    await client.append(database.logId, pack(), [name])
    client.end()
    await end()
    const folder = join(terminal.folder, 'firekeep-server', 'blobs')
    const file = (await readdir(folder, { recursive: true })).find(path => path.endsWith(name)) as string
    await writeFile(join(folder, file), 'damaged')
    expect(await terminal.run('check')).toBe(1)
    expect(terminal.complaints.join('\n')).toContain(`blob ${name} is damaged`)
  })
})
