/** The database of whoever uses this browser: people and rooms. */
export const USER_DATABASE = 'firekeep-chat'
