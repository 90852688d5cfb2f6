import { createContext } from 'react'

/** The ids of the messages of this room that nobody else has yet. */
export const WaitingContext = createContext<ReadonlySet<string>>(new Set())
