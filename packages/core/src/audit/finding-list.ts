import { FirekeepError, hasErrorCode } from '../errors.js'
import { packKey } from '../packs/pack-key.js'
import type { Finding } from './verify-report.js'

/** What is known of where a finding is. */
export type FindingPlace = Pick<Finding, 'commit' | 'id' | 'place'>

const CODES = [
  'CORRUPT',
  'INVALID_COMMIT',
  'BLOCK_MISSING',
  'FILE_UNAVAILABLE',
  'UNSUPPORTED_FORMAT',
] as const

/** What was found so far; nothing of it twice. */
export class FindingList {
  readonly #byText = new Map<string, Finding>()

  get findings(): readonly Finding[] {
    return [...this.#byText.values()]
  }

  get isEmpty(): boolean {
    return this.#byText.size === 0
  }

  add(code: Finding['code'], message: string, place: FindingPlace = {}): void {
    const finding = { code, message, ...place }
    this.#byText.set(JSON.stringify(finding), finding)
  }

  /**
   * Makes a finding of an error that says that what was read is not as it should be; throws any other, as that says
   * nothing of what is stored.
   */
  addError(error: unknown, what: string, place: FindingPlace = {}): void {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`
    const known = { ...placeOf(error), ...place }
    const code = CODES.find(each => hasErrorCode(error, each))
    if (code !== undefined) this.add(code, message, known)
    // It was sealed under another key, or by nobody.
    else if (hasErrorCode(error, 'WRONG_KEY')) this.add('CORRUPT', message, known)
    else if (hasErrorCode(error, 'REMOTE_UNAVAILABLE')) this.add('BLOCK_MISSING', message, known)
    else throw error
  }
}

/** What an error says of the place. */
function placeOf(error: unknown): FindingPlace {
  if (!(error instanceof FirekeepError)) return {}
  const { pack, record } = error.details
  if (typeof record === 'string') return { place: record }
  return typeof pack === 'string' ? { place: packKey(pack) } : {}
}
