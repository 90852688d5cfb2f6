const WORDS =
  'amber bolt cedar dune ember fjord glade harbor inlet juniper kelp ledge mist north otter'.split(' ')

/**
 * Words and numbers that differ from seed to seed. They compress about as prose does.
 *
 * @param {number} seed
 * @param {number} length
 */
export function createProse(seed, length) {
  let state = seed + 1
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += `${WORDS[state % WORDS.length]}-${state.toString(36)} `
  }
  return text.slice(0, length)
}
