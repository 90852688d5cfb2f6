import type { Terminal } from './terminal.js'

/** The terminal of this process. From now on a signal no longer ends the process: what runs cleans up first. */
export function processTerminal(): Terminal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  return {
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    env: process.env,
    folder: process.cwd(),
    signal: stop.signal,
    print: text => console.log(text),
    complain: text => console.error(text),
  }
}
