import { runCommand } from './run-command.js'

const ADDRESS = /Local: +(http:\/\/localhost:\d+)\//

/** Runs `npm run dev` in a project until `use` is done with its address. */
export async function withDevServer<T>(folder: string, use: (url: string) => Promise<T>): Promise<T> {
  let answer: Promise<T> | undefined
  const { stdout, stderr } = await runCommand(['npm', 'run', 'dev'], {
    folder,
    onOutput: (output, signal) => {
      const url = ADDRESS.exec(output)?.[1]
      if (url === undefined || answer !== undefined) return
      answer = use(url)
      answer.catch(() => undefined).then(() => signal('SIGTERM'))
    },
  })
  if (answer === undefined) throw new Error(`The app did not start:\n${stdout}${stderr}`)
  return answer
}
