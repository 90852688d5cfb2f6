import { IconButton } from '../ui/icon-button.js'
import { useModal } from '../ui/use-modal.js'

export interface PictureDialogProps {
  readonly name: string
  readonly url: string
  readonly onClose: () => void
}

/** A picture as large as the window allows. */
export function PictureDialog({ name, url, onClose }: PictureDialogProps) {
  const { dialog, onCancel, onClick } = useModal(onClose)
  return (
    <dialog
      ref={dialog}
      className="picture-dialog"
      aria-label={name}
      onCancel={onCancel}
      onClick={onClick}
      // What is typed here is not for the timeline it stands in.
      onKeyDown={event => event.stopPropagation()}
    >
      <img src={url} alt={name} />
      <footer className="picture-bar">
        <IconButton icon="close" label="Close" onClick={onClose} />
        <span className="picture-name">{name}</span>
        <a href={url} download={name}>
          Save
        </a>
      </footer>
    </dialog>
  )
}
