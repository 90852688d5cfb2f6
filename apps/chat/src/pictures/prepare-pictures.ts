import { PictureRefusal } from './picture-refusal.js'
import { type PreparedPicture, preparePicture } from './prepare-picture.js'

export interface PictureTarget {
  readonly onReady: (key: string, prepared: PreparedPicture) => void
  readonly onRefused: (key: string, reason: string) => void
}

/** Prepares files one after the other, as an unpacked photo takes a hundred times its size in memory. */
export async function preparePictures(
  files: ReadonlyMap<string, File>,
  { onReady, onRefused }: PictureTarget,
): Promise<void> {
  for (const [key, file] of files) {
    try {
      onReady(key, await preparePicture(file))
    } catch (error) {
      onRefused(
        key,
        error instanceof PictureRefusal ? error.message : `“${file.name}” cannot be read: ${error}`,
      )
    }
  }
}
