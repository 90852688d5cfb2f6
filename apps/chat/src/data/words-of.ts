const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
const MARKS = /\p{M}/gu

/** A piece of a text: a word with its search form, or what stands between words. */
export interface TextPiece {
  readonly text: string
  /** Small letters without accents; `undefined` for spaces and punctuation. */
  readonly word: string | undefined
}

/** A text cut at its words, as the language does it: also where it writes no spaces. */
export function piecesOf(text: string): readonly TextPiece[] {
  return Array.from(segmenter.segment(text), ({ segment, isWordLike }) => ({
    text: segment,
    word: isWordLike ? fold(segment) : undefined,
  }))
}

/** The different words of a text in their search form. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>()
  for (const { word } of piecesOf(text)) if (word) words.add(word)
  return words
}

function fold(word: string): string {
  return word.normalize('NFKD').replace(MARKS, '').toLowerCase()
}
