/** How long a cell, and the filling of a database for cells, may take. */
export const TIME_LIMIT_MS = 90_000
