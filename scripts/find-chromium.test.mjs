import { describe, expect, test } from 'vitest'
import { findChromium } from './find-chromium.mjs'

describe('finding Chromium', () => {
  test('takes CHROMIUM_PATH before any installed browser', () => {
    expect(findChromium({ CHROMIUM_PATH: '/my/browser' }, () => true, 'linux')).toBe('/my/browser')
  })

  test('refuses a CHROMIUM_PATH that does not exist, instead of taking another browser', () => {
    const exists = /** @param {string} path */ path => path !== '/my/browser'
    expect(() => findChromium({ CHROMIUM_PATH: '/my/browser' }, exists, 'linux')).toThrow('no such file')
  })

  test('finds nothing with CHROMIUM_PATH=none, or where nothing is installed', () => {
    expect(findChromium({ CHROMIUM_PATH: 'none' }, () => true, 'linux')).toBeUndefined()
    expect(findChromium({}, () => false, 'linux')).toBeUndefined()
  })

  test.each([
    ['linux', {}, '/usr/bin/google-chrome'],
    [
      'darwin',
      { HOME: '/Users/me' },
      '/Users/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    ['win32', { PROGRAMFILES: 'C:\\Programs' }, 'C:\\Programs\\Google\\Chrome\\Application\\chrome.exe'],
  ])('knows the usual places on %s', (platform, env, place) => {
    const found = findChromium(env, path => path === place, /** @type {NodeJS.Platform} */ (platform))
    expect(found).toBe(place)
  })
})
