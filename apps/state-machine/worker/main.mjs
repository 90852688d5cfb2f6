import { readOptions } from './read-options.mjs'
import { startWorkers } from './start-workers.mjs'

try {
  const settings = readOptions(process.argv.slice(2), process.env)
  const stop = await startWorkers(settings, line => console.log(line))
  console.log(`Working for the office; its data is kept, encrypted, in ${settings.dir}. Stop with Ctrl-C.`)
  // A second signal finds no listener and ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
