import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The path of an installed Chromium or Chrome, or `undefined` where there is none.
 *
 * `CHROMIUM_PATH` comes first: a path, or `none` to leave the browser suites out. Throws where it names a file
 * that does not exist, so that a typing error does not silently choose another browser.
 *
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @param {(path: string) => boolean} [exists]
 * @param {NodeJS.Platform} [platform]
 * @returns {string | undefined}
 */
export function findChromium(env = process.env, exists = existsSync, platform = process.platform) {
  const chosen = env.CHROMIUM_PATH
  if (chosen === 'none') return undefined
  if (chosen) {
    if (exists(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH is ${chosen}, and there is no such file. Correct it, or unset it.`)
  }
  return usualPlaces(env, platform).find(exists)
}

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {NodeJS.Platform} platform
 * @returns {string[]}
 */
function usualPlaces(env, platform) {
  if (platform === 'win32') return windowsPlaces(env)
  if (platform === 'darwin') return macPlaces(env)
  return [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
    '/usr/bin/chromium-browser',
    '/snap/bin/chromium',
  ]
}

/** @param {Readonly<Record<string, string | undefined>>} env */
function macPlaces(env) {
  const programs = ['Chromium.app/Contents/MacOS/Chromium', 'Google Chrome.app/Contents/MacOS/Google Chrome']
  const folders = ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])]
  return folders.flatMap(folder => programs.map(program => join(folder, program)))
}

/** @param {Readonly<Record<string, string | undefined>>} env */
function windowsPlaces(env) {
  const programs = ['Chromium\\Application\\chrome.exe', 'Google\\Chrome\\Application\\chrome.exe']
  const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(folder => !!folder)
  return folders.flatMap(folder => programs.map(program => `${folder}\\${program}`))
}

/** How the suites start it: no request leaves the machine, and containers have no sandbox of their own. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
