import type { StoredFile } from '@firekeep/core'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import { imageUrl } from './file/content-url.js'
import { useFileState } from './file/use-file-state.js'

export interface FileImageProps
  extends Omit<ComponentPropsWithoutRef<'img'>, 'src' | 'srcSet' | 'alt' | 'children'> {
  readonly file: StoredFile | undefined
  readonly alt: string
  /** Whether it may be loaded: `false` holds it back, as until it is scrolled to. Default `true`. */
  readonly when?: boolean | undefined
  /** Shown until it is loaded, and where it cannot be. Default: nothing. */
  readonly fallback?: ReactNode
}

/**
 * An attachment as an `<img>`, loaded when it is shown; other props go to the `<img>`. Only as a picture: whatever the
 * content is, nothing of it runs, nor where somebody opens the picture in a tab of its own. SVG comes as a `data:` URL for
 * that (a policy for content must allow both: `img-src blob: data:`); one of more than 1 MiB is not shown.
 *
 * @example
 * ```tsx
 * <FileImage file={doc._files?.['photo.jpg']} alt="A photo" width={320} fallback={<Spinner />} />
 * ```
 */
export function FileImage({ file, alt, when = true, fallback = null, ...props }: FileImageProps): ReactNode {
  const { url } = useFileState(file, when, imageUrl)
  if (url === undefined) return fallback
  return <img {...props} src={url} alt={alt} />
}
