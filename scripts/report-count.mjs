import { closingLine } from './count-tests.mjs'

/**
 * Ends a run: names what was skipped and what failed, prints the closing line as the last one, and sets the exit
 * code of the process.
 *
 * @param {import('./count-tests.mjs').TestCount} count
 */
export function reportCount(count) {
  printNames('Skipped', count.skipped)
  printNames('Failed', count.failed)
  console.log(`\n${closingLine(count)}`)
  process.exitCode = count.failed.length === 0 ? 0 : 1
}

/**
 * @param {string} title
 * @param {readonly string[]} names
 */
function printNames(title, names) {
  if (names.length === 0) return
  console.log(`\n${title}:`)
  for (const name of names) console.log(`  ${name}`)
}
