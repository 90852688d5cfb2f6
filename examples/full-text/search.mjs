// node search.mjs <database> <words...>: prints the ids of the documents with these words. It reads the index alone.
import { FullTextIndex } from './full-text-index.mjs'

const [name, ...words] = process.argv.slice(2)
if (name === undefined || words.length === 0) {
  console.error('usage: node search.mjs <database> <words...>')
  process.exit(2)
}
const index = await FullTextIndex.open(`${name}.index.json`)
for (const id of index.search(words.join(' '))) console.log(id)
