import type { PreparedPicture } from './prepare-picture.js'

/** A picture that was chosen and not sent yet. */
export interface PendingPicture {
  readonly key: string
  readonly name: string
  /** Missing while it is looked at and made smaller. */
  readonly prepared?: PreparedPicture
}
