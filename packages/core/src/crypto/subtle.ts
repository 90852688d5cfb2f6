import { FirekeepError } from '../errors.js'

/** WebCrypto. `INSECURE_CONTEXT` in a page that has none because it is not served securely. */
export function mustGetSubtle(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (subtle !== undefined) return subtle
  throw new FirekeepError(
    'INSECURE_CONTEXT',
    'this page has no WebCrypto, which browsers offer to secure contexts only: serve it over https, or from localhost while developing',
  )
}
