import type { StoredFile } from '@firekeep/core'

/** Loads a file and hands it to the user as a download: what others uploaded is never opened as a page of this app. */
export async function saveFile(stored: StoredFile, name: string): Promise<void> {
  const url = URL.createObjectURL(await stored.file())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken hold of it by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url))
}
