/** Who takes part. A role is a choice of the device: it says what is offered, and keeps nobody from anything. */
export const ROLES = ['applicant', 'examiner', 'approver', 'clerk'] as const

export type Role = (typeof ROLES)[number]

export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  applicant: 'Applicant',
  examiner: 'Examiner',
  approver: 'Approver',
  clerk: 'Printing clerk',
}

export function isRole(value: unknown): value is Role {
  return ROLES.some(role => role === value)
}
