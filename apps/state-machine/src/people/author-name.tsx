import { useContext } from 'react'
import { shortKey } from '../data/short-key.js'
import { NamesContext } from './names-context.js'

/** Who it was: the name, and the beginning of the key that tells two of one name apart. */
export function AuthorName({ author }: { readonly author: string }) {
  const name = useContext(NamesContext).get(author)
  return (
    <span className="author" title={`Public key ${author}`}>
      {name && <span className="author-name">{name}</span>}
      <code className="author-key">{shortKey(author)}</code>
    </span>
  )
}
