/** A file that cannot be sent as a picture; the message says why, for the user. */
export class PictureRefusal extends Error {
  override readonly name = 'PictureRefusal'
}
