const MESSAGE = '[data-message]'

/** Puts the focus on the last message of a timeline; answers whether there is one. */
export function focusLastMessage(timeline: Element): boolean {
  return focus(messagesOf(timeline).at(-1))
}

/** Puts the focus on the message of an id and brings it into sight. */
export function focusMessage(timeline: Element, id: string): boolean {
  const element = messagesOf(timeline).find(each => each.dataset.message === id)
  element?.scrollIntoView({ block: 'center' })
  return focus(element)
}

/** Moves the focus among messages by a key; `false` where the key or the place is none. */
export function moveMessageFocus(timeline: Element, key: string): boolean {
  const messages = messagesOf(timeline)
  const at = focusedIndex(messages)
  if (at === -1) return (key === 'ArrowUp' || key === 'End') && focusLastMessage(timeline)
  if (key === 'ArrowDown') return focus(messages[at + 1])
  if (key === 'ArrowUp') return focus(messages[at - 1])
  if (key === 'Home') return focus(messages[0])
  return key === 'End' && focus(messages.at(-1))
}

/** Gives the focus to a neighbour of a message that is about to go. */
export function focusBeside(timeline: Element, id: string): boolean {
  const messages = messagesOf(timeline)
  const at = messages.findIndex(each => each.dataset.message === id)
  return focus(messages[at + 1] ?? messages[at - 1])
}

/** The id of the message that has the focus, not of one in which something else has it. */
export function focusedMessage(target: EventTarget): string | undefined {
  return target instanceof HTMLElement ? target.dataset.message : undefined
}

function messagesOf(timeline: Element): readonly HTMLElement[] {
  return Array.from(timeline.querySelectorAll<HTMLElement>(MESSAGE))
}

function focusedIndex(messages: readonly HTMLElement[]): number {
  return messages.findIndex(message => message.contains(document.activeElement))
}

function focus(element: HTMLElement | undefined): boolean {
  element?.focus()
  return element !== undefined
}
