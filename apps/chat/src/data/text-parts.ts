/** A part of a message: plain text, or an address to follow. */
export interface TextPart {
  readonly text: string
  readonly href: string | undefined
}

const ADDRESS = /https?:\/\/[^\s<>"']+/g
const CLOSING = /[).,:;!?\]]+$/

/** A message cut at its web addresses; what closes the sentence after one is not part of it. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    const href = match[0].replace(CLOSING, '')
    if (!URL.canParse(href)) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: undefined })
    parts.push({ text: href, href })
    end = match.index + href.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: undefined })
  return parts
}
