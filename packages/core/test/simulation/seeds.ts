/**
 * The seeds to run, in parts that take a few seconds each. `FIREKEEP_SEED` names one, `FIREKEEP_SEEDS` says how many
 * (`npm test -- --seeds 5000`); without them it is 500, and ten times that in the long form.
 */
export function seedParts(): readonly (readonly number[])[] {
  const { FIREKEEP_SEED, FIREKEEP_SEEDS, FIREKEEP_LONG } = process.env
  if (FIREKEEP_SEED !== undefined) return [[wholeNumber('FIREKEEP_SEED', FIREKEEP_SEED)]]
  const count =
    FIREKEEP_SEEDS === undefined
      ? USUAL * (FIREKEEP_LONG ? LONG_FACTOR : 1)
      : wholeNumber('FIREKEEP_SEEDS', FIREKEEP_SEEDS)
  const seeds = Array.from({ length: count }, (_, i) => i + 1)
  return Array.from({ length: Math.ceil(count / PART) }, (_, i) => seeds.slice(i * PART, (i + 1) * PART))
}

const USUAL = 500
const LONG_FACTOR = 10
const PART = 50

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`${name} is a whole number from 1, not ${JSON.stringify(text)}`)
}
