import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { toPackageName } from './package-name.js'
import type { Target } from './target.js'
import { UserError } from './user-error.js'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What is asked of `makeProject`. */
export interface ProjectOptions {
  /** The folder of the template. */
  readonly template: string
  readonly target: Target
  /** Aborted: nothing is made. */
  readonly signal: AbortSignal
}

const STAGING = '.create-firekeep-'

/**
 * Makes the project of a template. It is whole or absent: the files are written into a folder beside their place and
 * moved there at the end; on any failure nothing is left. Does not install anything.
 */
export async function makeProject({ template, target, signal }: ProjectOptions): Promise<void> {
  const parent = target.exists ? target.path : dirname(target.path)
  let isDone = false
  let made: string | undefined
  let staging: string | undefined
  try {
    made = await mkdir(parent, { recursive: true })
    staging = await mkdtemp(join(parent, STAGING))
    const project = join(staging, 'project')
    await writeProject({ template, project, name: basename(target.path), signal })
    await (target.exists ? moveInto(project, target.path) : rename(project, target.path))
    isDone = true
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw explained(cause, parent)
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true })
    if (made !== undefined && !isDone) await rm(made, { recursive: true, force: true })
  }
}

async function writeProject(options: {
  template: string
  project: string
  name: string
  signal: AbortSignal
}): Promise<void> {
  const { template, project, name, signal } = options
  const goOn = (): true => {
    signal.throwIfAborted()
    return true
  }
  await cp(template, project, { recursive: true, filter: goOn })
  // npm leaves a file of the right name out of the package.
  await rename(join(project, '_gitignore'), join(project, '.gitignore'))
  const manifest: Manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  const taken = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  const named = { ...manifest, name: toPackageName(name, taken) }
  await writeFile(join(project, 'package.json'), `${JSON.stringify(named, undefined, 2)}\n`)
  const readme = await readFile(join(project, 'README.md'), 'utf8')
  await writeFile(
    join(project, 'README.md'),
    readme.replaceAll('{{name}}', () => name),
  )
  goOn()
}

/** A folder that is there stays the same one: a shell may stand in it. The manifest comes last. */
async function moveInto(project: string, folder: string): Promise<void> {
  const entries = (await readdir(project)).sort(
    (a, b) => Number(a === 'package.json') - Number(b === 'package.json'),
  )
  const moved: string[] = []
  try {
    for (const entry of entries) {
      await rename(join(project, entry), join(folder, entry))
      moved.push(entry)
    }
  } catch (error) {
    for (const entry of moved) await rm(join(folder, entry), { recursive: true, force: true })
    throw error
  }
}

function explained(cause: unknown, parent: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === undefined) return cause
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `you may not write in ${parent}`,
    EPERM: `you may not write in ${parent}`,
    EROFS: `${parent} is on a disk that cannot be written`,
    ENOSPC: 'the disk is full',
    EDQUOT: 'your share of the disk is full',
    ENAMETOOLONG: 'the name is too long',
    ENOTEMPTY: 'something else has written there meanwhile',
    EEXIST: 'something else has written there meanwhile',
  }
  return new UserError(`The project could not be made: ${reasons[code] ?? message}.`, { cause })
}
