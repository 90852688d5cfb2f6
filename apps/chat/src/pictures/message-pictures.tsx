import type { Stored } from '@firekeep/core'
import type { Message } from '../data/room-document.js'
import { MessagePicture } from './message-picture.js'

/** The pictures of a message, at the size they will have. */
export function MessagePictures({ message }: { readonly message: Stored<Message> }) {
  const { pictures = [], _files: files = {} } = message
  if (pictures.length === 0) return null
  return (
    <div className="message-pictures" data-many={pictures.length > 1 || undefined}>
      {pictures.map(picture => (
        <MessagePicture
          key={picture.name}
          picture={picture}
          // Its name comes from somebody else: "constructor" is no attachment.
          file={Object.hasOwn(files, picture.name) ? files[picture.name] : undefined}
        />
      ))}
    </div>
  )
}
