import { createHooks } from '@firekeep/react'
import type { RoomDocument } from './room-document.js'

/** The hooks for a room's database; below the provider of that room. */
export const { useLiveQuery: useRoomQuery } = createHooks<RoomDocument>()
