/** The storage key of a pack. */
export function packKey(name: string): string {
  return `pack/${name}`
}
