import { cancel, intro, isCancel, select, text } from '@clack/prompts'
import { findTarget } from './target.js'
import { TEMPLATES } from './templates.js'
import type { Terminal } from './terminal.js'
import { UserError } from './user-error.js'

/** What has to be known to make a project; `undefined` is asked for. */
export interface Answers {
  readonly folder: string
  readonly template: string
}

const USUAL_FOLDER = 'my-app'

/** Asks for what was not given. `undefined` where the user does not go on. */
export async function ask(
  given: { readonly folder: string | undefined; readonly template: string | undefined },
  { folder: current, signal }: Pick<Terminal, 'folder' | 'signal'>,
): Promise<Answers | undefined> {
  intro('A new Firekeep app')
  const folder = given.folder ?? (await askFolder(current, signal))
  if (folder === undefined) return giveUp()
  const template = given.template ?? (await askTemplate(signal))
  if (template === undefined) return giveUp()
  return { folder, template }
}

async function askFolder(current: string, signal: AbortSignal): Promise<string | undefined> {
  const answer = await text({
    message: 'In which folder? (a dot is the current one)',
    placeholder: USUAL_FOLDER,
    defaultValue: USUAL_FOLDER,
    validate: value => problemOf(current, value || USUAL_FOLDER),
    signal,
  })
  return isCancel(answer) ? undefined : answer
}

async function askTemplate(signal: AbortSignal): Promise<string | undefined> {
  const answer = await select({
    message: 'Which template?',
    options: TEMPLATES.map(({ name, hint }) => ({ value: name, label: name, hint })),
    signal,
  })
  return isCancel(answer) ? undefined : answer
}

function problemOf(current: string, folder: string): string | undefined {
  try {
    findTarget(current, folder)
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

function giveUp(): undefined {
  cancel('Nothing was made.')
}
