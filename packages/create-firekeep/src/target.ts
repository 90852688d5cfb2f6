import { readdirSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { toPackageName } from './package-name.js'
import { UserError } from './user-error.js'

/** Where a project goes. */
export interface Target {
  readonly path: string
  /** As the user calls it. */
  readonly shown: string
  /** Whether there is an empty folder already. */
  readonly exists: boolean
}

/** A folder with nothing else is still empty: what version control and file managers put there. */
const IGNORED = ['.git', '.DS_Store', 'Thumbs.db', 'desktop.ini']
const REFUSED = process.platform === 'win32' ? /[<>"|?*\p{Cc}]/u : /\p{Cc}/u

/** The folder for a new project. Throws where there can be none, or something is in it. */
export function findTarget(current: string, folder: string): Target {
  if (folder.trim() === '') throw new UserError('A project needs a name, such as my-app.')
  if (REFUSED.test(folder)) throw new UserError(`${JSON.stringify(folder)} is not the name of a folder.`)
  const path = resolve(current, folder)
  const name = basename(path)
  if (toPackageName(name) === undefined) {
    throw new UserError(
      `"${name || path}" gives no package name. Choose one with letters or digits, such as my-app.`,
    )
  }
  const shown = path === resolve(current) ? 'the current folder' : folder
  return { path, shown, exists: isEmptyFolder(path, shown) }
}

/** `false` where nothing is there. */
function isEmptyFolder(path: string, shown: string): boolean {
  const found = read(() => statSync(path, { throwIfNoEntry: false }), shown)
  if (found === undefined) return false
  if (!found.isDirectory()) throw new UserError(`${shown} is a file. Choose another name.`)
  const others = read(() => readdirSync(path), shown).filter(entry => !IGNORED.includes(entry))
  if (others.length === 0) return true
  throw new UserError(`${capitalized(shown)} is not empty (it has ${others[0]}). Choose another one.`)
}

function read<T>(action: () => T, shown: string): T {
  try {
    return action()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOTDIR'
        ? 'a part of that path is a file'
        : code === 'ENAMETOOLONG'
          ? 'that name is too long'
          : code
    throw new UserError(`There can be no project in ${shown}: ${reason}.`, { cause })
  }
}

function capitalized(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text
}
