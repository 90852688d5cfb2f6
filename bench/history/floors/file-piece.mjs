/** Bytes that are sealed and written, or read and opened, in one step. */
export const FILE_PIECE = 1024 * 1024
