const LONE_SURROGATES = /\p{Cs}/gu

/** Names for pictures of one message, each of them once: what two cameras call the same becomes `name (2).jpg`. */
export function pictureNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map(given => {
    const name = freeName(given.replace(LONE_SURROGATES, '\uFFFD') || 'picture', taken)
    taken.add(name)
    return name
  })
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const dot = name.lastIndexOf('.')
  const end = dot > 0 ? dot : name.length
  for (let count = 2; ; count += 1) {
    const other = `${name.slice(0, end)} (${count})${name.slice(end)}`
    if (!taken.has(other)) return other
  }
}
