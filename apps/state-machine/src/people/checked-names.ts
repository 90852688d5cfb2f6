import type { Database, Stored } from '@firekeep/core'
import { type OfficeDocument, type Person, personId } from '../data/office-document.js'

/**
 * The names that people gave themselves, by public key. Anybody may write a document, so a name counts only where the
 * key that it is for has signed it.
 */
export async function checkedNames(
  database: Pick<Database<OfficeDocument>, 'history'>,
  people: readonly Stored<Person>[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  await Promise.all(
    people.map(async ({ _id, name }) => {
      for await (const { author, current } of database.history(_id)) {
        if (!current) continue
        if (_id === personId(author)) names.set(author, name)
        break
      }
    }),
  )
  return names
}
