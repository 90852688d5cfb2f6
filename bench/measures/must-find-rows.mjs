/**
 * The documents of a room; throws where there are not so many, or one of another room.
 *
 * @param {Pick<import('../contenders/contender.js').Session, 'query'>} session
 * @param {string} room
 * @param {number} rows
 */
export async function mustFindRows(session, room, rows) {
  const found = await session.query(room)
  if (found.length !== rows || found[0]?.room !== room)
    throw new Error(`A query of ${room} answered ${found.length} rows instead of ${rows}.`)
  return found
}
