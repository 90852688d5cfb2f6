import { type ChangeEvent, useRef } from 'react'
import { IconButton } from '../ui/icon-button.js'

/** Asks the device for pictures. */
export function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])]
    // Otherwise choosing the same file again would be no change.
    event.target.value = ''
    onFiles(files)
  }
  return (
    <>
      <IconButton
        className="attach"
        icon="picture"
        label="Attach pictures"
        onClick={() => input.current?.click()}
      />
      <input ref={input} type="file" accept="image/*" multiple hidden onChange={onChange} />
    </>
  )
}
