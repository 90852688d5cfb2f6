import { FirekeepError } from '@firekeep/core/protocol'
import { Command, CommanderError } from 'commander'
import { backUp, check, restore } from './maintain.js'
import { DIR_ROW, OPTION_TABLE, toOption } from './option-table.js'
import { serve } from './serve.js'
import { dataFolder, type ServeFlags } from './serve-settings.js'
import type { Terminal } from './terminal.js'

const FAILED = 1
const BAD_OPTION = 2

const AFTER_HELP = `
Without a command it serves. Secrets never stand in arguments: give them as
files or as FIREKEEP_ADMISSION_SECRET (and _PREVIOUS), FIREKEEP_METRICS_TOKEN,
FIREKEEP_LOG_KEY. All options of a command: firekeep-server serve --help`

/** Runs the command line (arguments without the program); answers the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_OPTION
    terminal.complain(`firekeep-server: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof FirekeepError && error.code === 'INVALID_OPTION' ? BAD_OPTION : FAILED
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('firekeep-server')
    .description('The sync server of Firekeep: it keeps encrypted logs that it cannot read.')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: text => terminal.print(text.trimEnd()),
      writeErr: text => terminal.complain(text.trimEnd()),
    })
    .showHelpAfterError('(firekeep-server --help tells more)')
  const folderOf = (flags: { dir?: string }): string => dataFolder(flags.dir, terminal.env)
  const serving = program
    .command('serve', { isDefault: true })
    .description('serve a folder (the default)')
    .allowExcessArguments(false)
    .action((flags: ServeFlags) => serve(flags, terminal))
  for (const row of OPTION_TABLE) serving.addOption(toOption(row))
  program
    .command('backup <folder>')
    .description('copy the data into a new folder, while the server runs or not')
    .addOption(toOption(DIR_ROW))
    .action((folder: string, flags) => backUp(folder, folderOf(flags), terminal))
  program
    .command('restore <backup>')
    .description('put a backup in the place of a folder that is missing or empty')
    .addOption(toOption(DIR_ROW))
    .action((backup: string, flags) => restore(backup, folderOf(flags), terminal))
  program
    .command('check')
    .description('read all data and check hashes and blobs')
    .addOption(toOption(DIR_ROW))
    .action(flags => check(folderOf(flags), terminal))
  return program
}
