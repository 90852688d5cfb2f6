/**
 * The files that a paste brings; none where it is text that an office program sent along as a picture of itself, which
 * one tells by its rich text.
 */
export function pastedFiles({ types, files }: Pick<DataTransfer, 'types' | 'files'>): readonly File[] {
  return types.includes('text/rtf') ? [] : [...files]
}
