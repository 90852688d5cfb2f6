import type { CSSProperties } from 'react'

/** The first letter of a name on a colour that belongs to `seed`, so that equal names are told apart. */
export function Monogram({ name, seed }: { readonly name: string; readonly seed: string }) {
  const style: CSSProperties & { '--hue': number } = { '--hue': hueOf(seed) }
  return (
    <span className="monogram" style={style} aria-hidden="true">
      {initialOf(name)}
    </span>
  )
}

function initialOf(name: string): string {
  const [first = '?'] = name.trim()
  return first.toUpperCase()
}

const HUES = 12

function hueOf(seed: string): number {
  let sum = 0
  for (const unit of seed) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) >>> 0
  return (sum % HUES) * (360 / HUES)
}
