/** Something that the user can put right; its message is one line for him, and no stack is shown. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
