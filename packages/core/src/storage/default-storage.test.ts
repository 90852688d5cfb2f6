import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDefaultSpace } from './default-storage.js'
import { createMemorySpace } from './memory-storage.js'

describe('the default storage', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    vi.resetModules()
  })

  it('is files in Node without a DOM, in the folder that was asked for', async () => {
    const space = await openDefaultSpace({ dir: 'some/folder' })
    expect(space).toMatchObject({ kind: 'files', id: `files:${resolve('some/folder')}` })
  })

  it('finds the folder by option, then FIREKEEP_DIR, then the data folder of the user', async () => {
    vi.stubEnv('FIREKEEP_DIR', '/by/environment')
    vi.stubEnv('XDG_DATA_HOME', '/by/xdg')
    expect((await openDefaultSpace({ dir: '/by/option' })).id).toBe(`files:${resolve('/by/option')}`)
    expect((await openDefaultSpace()).id).toBe(`files:${resolve('/by/environment')}`)
    vi.stubEnv('FIREKEEP_DIR', undefined)
    expect((await openDefaultSpace()).id).toBe(`files:${resolve('/by/xdg/firekeep')}`)
    for (const ignored of ['relative', '', undefined]) {
      vi.stubEnv('XDG_DATA_HOME', ignored)
      expect((await openDefaultSpace()).id).toBe(`files:${join(homedir(), '.local/share/firekeep')}`)
    }
  })

  it('makes no folder before something is written', async () => {
    const dir = join(mkdtempSync(join(tmpdir(), 'firekeep-')), 'data')
    const space = await openDefaultSpace({ dir })
    const storage = await space.open('todos')
    expect(await storage.getAll('')).toEqual([])
    expect(existsSync(dir)).toBe(false)
    await storage.batch([['a', new Uint8Array([1])]], [])
    expect(existsSync(dir)).toBe(true)
    await storage.close()
    rmSync(dir, { recursive: true })
  })

  it('is IndexedDB wherever there is one', async () => {
    vi.stubGlobal('indexedDB', {})
    expect(await openDefaultSpace()).toMatchObject({ kind: 'indexeddb', id: 'indexeddb:firekeep' })
  })

  it('is memory, with one warning, in a process with a document and no IndexedDB', async () => {
    vi.stubGlobal('document', {})
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const fresh = await import('./default-storage.js')
    const first = await fresh.openDefaultSpace()
    const second = await fresh.openDefaultSpace()
    expect(first).toMatchObject({ kind: 'memory', id: 'memory' })
    expect(second).toBe(first)
    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('is one memory space per process, also when modules are evaluated again, and no warning when asked for', async () => {
    const warn = vi.spyOn(console, 'warn')
    const first = await openDefaultSpace({ storage: 'memory' })
    vi.resetModules()
    const again = await import('./default-storage.js')
    expect(await again.openDefaultSpace({ storage: 'memory' })).toBe(first)
    expect(warn).not.toHaveBeenCalled()
  })

  it('is a space that was given', async () => {
    const space = createMemorySpace()
    expect(await openDefaultSpace({ storage: space })).toBe(space)
  })

  it('refuses what the platform does not have and what is no storage', async () => {
    const expected = { code: 'INVALID_OPTION', details: { option: 'storage' } }
    await expect(openDefaultSpace({ storage: 'indexeddb' })).rejects.toMatchObject(expected)
    await expect(openDefaultSpace({ storage: 'disk' as 'files' })).rejects.toMatchObject(expected)
    await expect(openDefaultSpace({ storage: null as unknown as 'files' })).rejects.toMatchObject(expected)
  })
})
