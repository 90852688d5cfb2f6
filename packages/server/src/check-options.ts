import { FirekeepError } from '@firekeep/core/protocol'
import type { ServerOptions } from './server-options.js'

/** `INVALID_OPTION`, with a sentence that names the option. */
export function checkOptions(options: ServerOptions): void {
  for (const origin of options.origins ?? []) {
    if (!isOrigin(origin))
      throw invalid(`\`${origin}\` is no origin; one looks like https://sync.example.org`)
  }
  for (const origin of options.cors ?? []) {
    if (origin !== '*' && !isOrigin(origin)) throw invalid(`\`${origin}\` is neither \`*\` nor an origin`)
  }
  assertWhole('trustProxy', options.trustProxy ?? 0, 0)
  for (const [name, value] of Object.entries(options.limits ?? {})) {
    if (typeof value === 'number') assertWhole(name, value, 1)
    // Such an expression remembers where it stopped, and would let in every second time.
    else if (value?.global || value?.sticky) throw invalid('`logPattern` has no flags')
  }
  if ((options.limits?.frameBytes ?? LEAST_FRAME) < LEAST_FRAME) {
    throw invalid(`\`frameBytes\` is ${LEAST_FRAME} at least, as news has to fit`)
  }
}

const LEAST_FRAME = 256 * 1024

function isOrigin(text: string): boolean {
  try {
    const { origin, protocol } = new URL(text)
    return origin === text && (protocol === 'https:' || protocol === 'http:')
  } catch {
    return false
  }
}

function assertWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw invalid(`\`${name}\` is a whole number, ${least} at least`)
}

function invalid(message: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', message)
}
