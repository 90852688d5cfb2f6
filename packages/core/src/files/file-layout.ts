/** How contents are cut. Tests have smaller numbers; those of the format are {@link FILE_LAYOUT}. */
export interface FileLayout {
  /** Bytes of every chunk but the last of a file. */
  readonly chunkBytes: number
  /** Entries of every list but the last of its level. */
  readonly listEntries: number
  /** Bytes of chunks after which another pack begins. */
  readonly packBytes: number
}

/** `docs/format.md`, File pack. */
export const FILE_LAYOUT: FileLayout = {
  chunkBytes: 1024 * 1024,
  listEntries: 16_384,
  packBytes: 64 * 1024 * 1024,
}
