import { StoredChoice } from './stored-choice.js'

/** Who writes in this tab; a new tab begins with whoever was chosen last. */
export const personChoice = new StoredChoice('firekeep-chat.person', [
  () => sessionStorage,
  () => localStorage,
])
