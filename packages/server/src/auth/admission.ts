import type { Permission } from '@firekeep/core/protocol'

/** Whom the operator lets in, beside the right that a token proves. */
export interface Admission {
  /** `FORBIDDEN` unless the text that the client sent admits it; `REMOTE_UNAVAILABLE` where that cannot be found out. */
  check(text: string | undefined, use: AdmissionUse): Promise<void>
}

export interface AdmissionUse {
  readonly logId: string
  readonly permission: Permission
}

/** Lets in everybody who holds a link. */
export const openAdmission: Admission = {
  async check() {},
}
