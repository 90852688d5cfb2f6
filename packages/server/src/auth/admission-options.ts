import type { IssuerKey } from './issuer-keys.js'

/** Whom the operator lets in. */
export type AdmissionOptions =
  | { readonly kind: 'open' }
  /** Who knows a secret: one, or two while one takes the place of the other. */
  | { readonly kind: 'secret'; readonly secrets: readonly string[] }
  /** Who has a JWT of an issuer that names the database. */
  | {
      readonly kind: 'issuer'
      readonly keys: readonly IssuerKey[]
      readonly issuer?: string
      readonly audience?: string
    }
