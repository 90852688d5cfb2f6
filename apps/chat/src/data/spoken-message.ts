import { countText } from './count-text.js'
import type { Message } from './room-document.js'

/** A message in words alone. */
export function spokenMessage({ text, pictures = [] }: Pick<Message, 'text' | 'pictures'>): string {
  if (pictures.length === 0) return text
  const shown = countText(pictures.length, 'picture')
  return text === '' ? shown : `${text} (${shown})`
}
