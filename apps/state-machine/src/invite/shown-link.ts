import { encode } from 'uqr'

/** A link to hand to somebody, and the drawing of its QR code: a path in a square of so many units. */
export interface ShownLink {
  readonly link: string
  readonly qrPath: string
  readonly qrSize: number
}

/** What readers need of white around a code, in its own units. */
const QUIET_ZONE = 4

/** A link as it is shown. Rows of dark units are drawn as one line each. */
export function toShownLink(link: string): ShownLink {
  const { data, size } = encode(link, { ecc: 'L', border: QUIET_ZONE })
  let qrPath = ''
  for (const [y, row] of data.entries()) {
    let x = 0
    while (x < size) {
      const start = x
      while (x < size && row[x]) x += 1
      if (x > start) qrPath += `M${start} ${y}h${x - start}v1H${start}z`
      else x += 1
    }
  }
  return { link, qrPath, qrSize: size }
}
