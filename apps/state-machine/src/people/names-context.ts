import { createContext } from 'react'

/** The names that people gave themselves, by public key. */
export const NamesContext = createContext<ReadonlyMap<string, string>>(new Map())
