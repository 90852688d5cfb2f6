import { FirekeepError } from '../errors.js'

export function nameTaken(name: string): FirekeepError {
  return new FirekeepError(
    'INVALID_OPTION',
    `there is a database ${JSON.stringify(name)} already: give the fork another name`,
    { details: { option: 'name' } },
  )
}
