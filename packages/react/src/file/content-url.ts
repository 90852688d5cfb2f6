import { inertType } from './inert-type.js'

const SVG = 'image/svg+xml'
/** Bytes of the largest picture that goes into a data URL: each element that shows it holds it as text. */
const MOST_SVG_BYTES = 1024 * 1024
/** So many arguments may be given to a function everywhere. */
const SLICE = 8192

/** What shows a content: an object URL, to be revoked, or a data URL; `undefined` where it is not to be shown. */
export type ToUrl = (file: File) => string | undefined | Promise<string | undefined>

/** An object URL of a content, as a type of which nothing runs however it is opened. */
export function inertUrl(file: File): string {
  const type = inertType(file.type)
  return URL.createObjectURL(type === file.type ? file : new Blob([file], { type }))
}

/**
 * As {@link inertUrl}, for an `<img>`, which shows SVG too. An object URL of that would be a page of the app where somebody
 * opens the picture in a tab of its own; a data URL has an origin of its own, which may do nothing.
 */
export function imageUrl(file: File): ReturnType<ToUrl> {
  const [type = ''] = file.type.split(';', 1)
  if (type.trim().toLowerCase() !== SVG) return inertUrl(file)
  return file.size > MOST_SVG_BYTES ? undefined : dataUrl(file)
}

async function dataUrl(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += SLICE)
    text += String.fromCharCode(...bytes.subarray(at, at + SLICE))
  return `data:${SVG};base64,${btoa(text)}`
}
