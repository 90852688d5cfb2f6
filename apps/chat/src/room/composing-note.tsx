import { COMPOSING_FOR, isOwnDraft } from '../data/composition.js'
import { useRoomQuery } from '../data/room-hooks.js'
import { useNow } from '../device/use-now.js'

const SHOWN = 20
const SECOND = 1_000

/** Who is typing in another tab or on another device. */
export function ComposingNote() {
  const { docs } = useRoomQuery(['state', 'at'], { prefix: ['composing'], descending: true, limit: SHOWN })
  const drafts = docs.filter(doc => doc.state === 'composing' && !isOwnDraft(doc))
  const now = useNow(drafts.length > 0 ? SECOND : undefined)
  const names = drafts.filter(({ at }) => at > now - COMPOSING_FOR).map(({ name }) => name)
  return (
    <p className="composing" role="status">
      {names.length > 0 && (
        <>
          <span className="composing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {composingText([...new Set(names)])}
        </>
      )}
    </p>
  )
}

function composingText(names: readonly string[]): string {
  if (names.length > 2) return `${names.length} people are composing…`
  return names.length === 2 ? `${names.join(' and ')} are composing…` : `${names[0]} is composing…`
}
