/** The name of the database file in the folder of an embedded engine. */
export const DATABASE_NAME = 'firekeep.sqlite'
/** The file whose lock says that the folder is in use. */
export const LOCK_NAME = 'lock'
