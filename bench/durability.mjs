/** The durability at which every contender of an environment is measured; both are the defaults of Firekeep. */
export const DURABILITY = /** @type {const} */ ({ node: 'fdatasync', chromium: 'relaxed' })
