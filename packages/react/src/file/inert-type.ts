const OPAQUE = 'application/octet-stream'

/** Types that a browser shows without running anything of them. Whatever ends in `+xml` is a page to it, pictures as well. */
const INERT =
  /^(?:(?:image|audio|video|font)\/(?![^;]*\+xml$)[\w.+-]+|application\/(?:pdf|json)|text\/(?:plain|csv))$/

/**
 * As what type an object URL may give a content that somebody else chose: a page (HTML, SVG, XML) that is opened by such a
 * URL runs with the rights of the app, so it is given as bytes, which are downloaded.
 */
export function inertType(type: string): string {
  const [essence = ''] = type.split(';', 1)
  return INERT.test(essence.trim().toLowerCase()) ? type : OPAQUE
}
