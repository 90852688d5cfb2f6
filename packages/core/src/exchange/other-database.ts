import { FirekeepError } from '../errors.js'

/** What is told of an archive of another database than the one `here`, and what to do with it. */
export function otherDatabase(database: string | undefined, here: string | undefined): FirekeepError {
  const its = database === undefined ? 'another database' : `database ${database}`
  const own = here === undefined ? 'this one does not exist yet' : `this one is ${here}`
  return new FirekeepError(
    'DATABASE_MISMATCH',
    `the archive is of ${its}, and ${own}: open a database with the key of that one (option \`key\`, as its exportKey gives it, or a link) and import it there, or bring over the documents alone with exportJson and importJson`,
    { details: { database, here } },
  )
}
