/** What stands between two records of the floor: JSON has none. */
export const NEWLINE = Buffer.from('\n')
