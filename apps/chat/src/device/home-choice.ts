import { StoredChoice } from './stored-choice.js'

/** Which user database this device shows: the name of one that came from another device, or the device's own. */
export const homeChoice = new StoredChoice('firekeep-chat.home', [() => localStorage])
