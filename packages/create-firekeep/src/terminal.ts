/** What the command needs of the process, so that tests can stand in for it. */
export interface Terminal {
  /** Whether somebody is there to be asked. */
  readonly isInteractive: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current folder. */
  readonly folder: string
  /** Aborted when the process is told to end. */
  readonly signal: AbortSignal
  print(text: string): void
  complain(text: string): void
}
