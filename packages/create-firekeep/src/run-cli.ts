import { spinner } from '@clack/prompts'
import { Command, CommanderError } from 'commander'
import { type Answers, ask } from './ask.js'
import { type InstallFailure, install } from './install.js'
import { makeProject } from './make-project.js'
import { nextSteps } from './next-steps.js'
import { type PackageManager, packageManagerOf } from './package-manager.js'
import { readVersion } from './read-version.js'
import { findTarget, type Target } from './target.js'
import { mustGetTemplate, TEMPLATES, templateFolder } from './templates.js'
import type { Terminal } from './terminal.js'
import { UserError } from './user-error.js'

const FAILED = 1
/** What a shell reports of a command that Ctrl-C ended. */
const STOPPED = 130
const EXAMPLE = 'npm create firekeep@latest my-app -- --template minimal'

interface Flags {
  readonly template?: string
  readonly install: boolean
}

/** Runs the command line (arguments without the program); answers the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  const program = createProgram(terminal).action(async (folder: string | undefined, flags: Flags) => {
    code = await create(folder, flags, terminal)
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED
    if (terminal.signal.aborted) {
      terminal.complain('Stopped. Nothing was made.')
      return STOPPED
    }
    if (!(error instanceof UserError)) throw error
    terminal.complain(`error: ${error.message}`)
    return FAILED
  }
}

function createProgram(terminal: Terminal): Command {
  const names = TEMPLATES.map(({ name }) => name).join(', ')
  return new Command('create-firekeep')
    .description('Makes a new Firekeep app. What is not given is asked for.')
    .usage('[options] [folder]')
    .argument('[folder]', 'where it goes: a new folder, or an empty one such as .')
    .option('-t, --template <name>', `what it begins with: ${names}`)
    .option('--no-install', 'do not install the dependencies')
    .version(readVersion(), '-v, --version')
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}`)
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError(`With npm, options stand behind two dashes: ${EXAMPLE}`)
    .configureOutput({
      writeOut: text => terminal.print(text.trimEnd()),
      writeErr: text => terminal.complain(text.trimEnd()),
    })
}

async function create(folder: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  const answers = await settle(folder, flags.template, terminal)
  if (answers === undefined) return STOPPED
  const target = findTarget(terminal.folder, answers.folder)
  const template = templateFolder(mustGetTemplate(answers.template))
  await makeProject({ template, target, signal: terminal.signal })
  const manager = packageManagerOf(terminal.env)
  const failure = flags.install ? await installIn(target, manager, terminal) : undefined
  if (failure) {
    report(failure, { target, manager, terminal })
    return terminal.signal.aborted ? STOPPED : FAILED
  }
  greet({ target, manager, isInstalled: flags.install, terminal })
  return 0
}

/** What was given is judged before anything is asked. */
async function settle(
  folder: string | undefined,
  template: string | undefined,
  terminal: Terminal,
): Promise<Answers | undefined> {
  if (template !== undefined) mustGetTemplate(template)
  if (folder !== undefined) findTarget(terminal.folder, folder)
  if (folder !== undefined && template !== undefined) return { folder, template }
  if (terminal.isInteractive) return ask({ folder, template }, terminal)
  const missing = [
    ...(folder === undefined ? ['a folder'] : []),
    ...(template === undefined ? ['a template'] : []),
  ]
  throw new UserError(`Name ${missing.join(' and ')}, as there is no terminal to ask in: ${EXAMPLE}`)
}

async function installIn(
  { path }: Target,
  manager: PackageManager,
  terminal: Terminal,
): Promise<InstallFailure | undefined> {
  const message = `Installing dependencies with ${manager.name}`
  const options = { manager, folder: path, env: terminal.env, signal: terminal.signal }
  if (!terminal.isInteractive) {
    terminal.print(`${message} …`)
    return install(options)
  }
  const progress = spinner()
  progress.start(message)
  const failure = await install(options)
  if (failure) progress.error('The dependencies are not installed')
  else progress.stop('Installed the dependencies')
  return failure
}

function report(
  { reason, output }: InstallFailure,
  { target, manager, terminal }: { target: Target; manager: PackageManager; terminal: Terminal },
): void {
  const steps = nextSteps({ current: terminal.folder, folder: target.path, manager, isInstalled: false })
  if (output !== '') terminal.complain(output)
  terminal.complain(
    `error: The dependencies could not be installed: ${reason}. The project itself is complete. Later:`,
  )
  terminal.complain(steps.map(step => `  ${step}`).join('\n'))
}

function greet(facts: {
  target: Target
  manager: PackageManager
  isInstalled: boolean
  terminal: Terminal
}): void {
  const { target, manager, isInstalled, terminal } = facts
  const steps = nextSteps({ current: terminal.folder, folder: target.path, manager, isInstalled })
  const lines = steps.map(step => `  ${step}`).join('\n')
  terminal.print(`\nYour app is in ${target.shown}. Next:\n\n${lines}\n\nIts tests: ${manager.run('test')}`)
}
