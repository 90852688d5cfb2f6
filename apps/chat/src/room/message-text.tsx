import { textParts } from '../data/text-parts.js'

/** What was written, with its addresses as links. */
export function MessageText({ text }: { readonly text: string }) {
  return (
    <p className="message-text">
      {textParts(text).map(({ text: part, href }, index) =>
        href === undefined ? (
          part
        ) : (
          <a key={index} href={href} target="_blank" rel="noreferrer">
            {part}
          </a>
        ),
      )}
    </p>
  )
}
