import type { Database, Stored } from '@firekeep/core'
import type { Message, RoomDocument } from '../data/room-document.js'

/** Which part of a room is on the screen. */
export interface TimelineView {
  /** The time of the last message shown; `undefined` follows the newest. */
  readonly until: number | undefined
  /** How many messages are shown, counted backwards from there. */
  readonly limit: number
  /** The message to go to. */
  readonly target: string | undefined
}

export const PAGE = 50
const CONTEXT = 20

/** Later than any message. */
export const END_OF_TIME = Number.MAX_VALUE

/** The newest messages, and each that comes. */
export const NEWEST: TimelineView = { until: undefined, limit: PAGE, target: undefined }

/** The view with a message and what was said around it. Reads as many rows as it shows, wherever the message is. */
export async function viewAround(
  database: Database<RoomDocument>,
  message: Stored<Message>,
): Promise<TimelineView> {
  const until = await timeAfter(database, message.at, CONTEXT)
  return { until, limit: PAGE, target: message._id }
}

/** The same view with a page of later messages, at the one that was the last. */
export async function viewWithNewer(
  database: Database<RoomDocument>,
  view: TimelineView,
  last: Stored<Message>,
): Promise<TimelineView> {
  const until = await timeAfter(database, last.at, PAGE)
  return { until, limit: view.limit + PAGE, target: last._id }
}

/** When the message was sent that is `count` after a time; `undefined` where there are not that many. */
async function timeAfter(
  database: Database<RoomDocument>,
  at: number,
  count: number,
): Promise<number | undefined> {
  const { rows } = await database.query(['state', 'at'], {
    range: [
      ['sent', at],
      ['sent', END_OF_TIME],
    ],
    limit: count + 1,
    includeDocs: false,
  })
  return rows.length > count ? rows.at(-1)?.key[1] : undefined
}
