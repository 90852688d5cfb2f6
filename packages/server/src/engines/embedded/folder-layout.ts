/** The name of the database file in the folder of an embedded engine. */
export const DATABASE_NAME = 'firekeep.sqlite'
