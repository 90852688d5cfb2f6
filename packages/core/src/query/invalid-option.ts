import { FirekeepError } from '../errors.js'

/** The error for an option that is unknown or has a wrong value; `rule` completes "option `x` …". */
export function invalidOption(option: string, rule: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `option \`${option}\` ${rule}`, { details: { option } })
}
