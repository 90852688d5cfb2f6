import { createContext } from 'react'
import type { Moment } from './moment.js'

/** The moment of the past that is shown, or `undefined` for now. In the past nothing can be changed. */
export const MomentContext = createContext<Moment | undefined>(undefined)
