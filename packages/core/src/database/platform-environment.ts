import { randomBytes } from '../primitives/bytes.js'
import { delay } from '../primitives/delay.js'
import { reportUncaught } from '../primitives/emitter.js'
import type { Environment } from './environment.js'

/** What an engine takes from the platform that it runs on. */
export const PLATFORM: Environment = { now: Date.now, random: randomBytes, delay, report: reportUncaught }
