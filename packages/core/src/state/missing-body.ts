import type { CID } from '../codec/cid.js'
import { FirekeepError } from '../errors.js'

/** For a content that no pack has although its commit is there: it was erased on purpose. */
export function missingBody(body: CID): never {
  throw new FirekeepError('PRUNED', `the content ${body} of this version was erased by prune or purge`, {
    details: { cid: body.toString() },
  })
}
