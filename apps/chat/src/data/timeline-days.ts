import type { Stored } from '@firekeep/core'
import type { Message } from './room-document.js'

/** Messages of one author that follow each other closely, shown under one name. */
export interface Turn {
  readonly author: string
  readonly name: string
  readonly messages: readonly [Stored<Message>, ...Stored<Message>[]]
}

export interface Day {
  /** When its first message was sent. */
  readonly at: number
  readonly turns: readonly Turn[]
}

const TURN_ENDS_AFTER = 5 * 60_000

/** Messages, oldest first, by day (of this device's time zone) and by who has the word. */
export function timelineDays(messages: readonly Stored<Message>[]): readonly Day[] {
  const days: { at: number; turns: MutableTurn[] }[] = []
  let previous: Stored<Message> | undefined
  for (const message of messages) {
    const day = days.at(-1)
    const turn = day?.turns.at(-1)
    if (!day || !previous || !isSameDay(previous.at, message.at)) {
      days.push({ at: message.at, turns: [turnOf(message)] })
    } else if (!turn || !continues(previous, message)) day.turns.push(turnOf(message))
    else turn.messages.push(message)
    previous = message
  }
  return days
}

interface MutableTurn extends Turn {
  readonly messages: [Stored<Message>, ...Stored<Message>[]]
}

function turnOf(message: Stored<Message>): MutableTurn {
  return { author: message.author, name: message.name, messages: [message] }
}

function continues(previous: Message, message: Message): boolean {
  const isSameVoice = previous.author === message.author && previous.name === message.name
  return isSameVoice && message.at - previous.at < TURN_ENDS_AFTER
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}
