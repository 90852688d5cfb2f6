import { type Admission, openAdmission } from './admission.js'
import type { AdmissionOptions } from './admission-options.js'
import { IssuerAdmission } from './issuer-admission.js'
import { SecretAdmission } from './secret-admission.js'

/** `INVALID_OPTION` where secrets or keys are missing, too many or too weak. */
export function createAdmission(options: AdmissionOptions, now: () => number): Admission {
  switch (options.kind) {
    case 'open':
      return openAdmission
    case 'secret':
      return SecretAdmission.open(options.secrets)
    case 'issuer':
      return IssuerAdmission.open({ ...options, now })
  }
}
