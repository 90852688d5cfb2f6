/** What the command line needs of its process; tests give their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  print(line: string): void
  complain(line: string): void
  /** A line of the log. */
  log(line: string): void
  /** Resolves when the process is asked to end. */
  untilAsked(): Promise<void>
}

const FORCED = 130

export const processTerminal: Terminal = {
  env: process.env,
  print: line => void process.stdout.write(`${line}\n`),
  complain: line => void process.stderr.write(`${line}\n`),
  log: line => void process.stderr.write(line),
  untilAsked: () =>
    new Promise(resolve => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        // Whoever asks twice does not want to wait.
        process.once(signal, () => {
          process.once(signal, () => process.exit(FORCED))
          resolve()
        })
      }
    }),
}
