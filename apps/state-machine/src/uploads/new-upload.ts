import type { Draft } from '@firekeep/core'
import type { Upload } from '../data/office-document.js'
import { randomId } from '../data/random-id.js'

/** What is taken: pictures that every browser shows, and PDFs. */
export const UPLOAD_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'application/pdf'] as const

const LARGEST = 20_000_000

/** The name of the file itself among the attachments, and that of its thumbnail. */
export const ORIGINAL = 'original'
export const THUMBNAIL = 'thumbnail'

/** Why a file is not taken, in words; `undefined` where it is. */
export function uploadProblem({
  name,
  type,
  size,
}: Pick<File, 'name' | 'type' | 'size'>): string | undefined {
  if (!UPLOAD_TYPES.some(each => each === type)) return `“${name}” is neither a picture nor a PDF.`
  if (size === 0) return `“${name}” is empty.`
  if (size > LARGEST) return `“${name}” is larger than 20 MB.`
  return undefined
}

/** A document of an application, not stored yet. */
export function newUpload(application: string, file: File, at: number): Draft<Upload> {
  return {
    _id: `upload:${randomId()}`,
    type: 'upload',
    application,
    title: file.name,
    at,
    _files: { [ORIGINAL]: file },
  }
}
