import { hasErrorCode } from '../../errors.js'
import { documentToLine } from '../../exchange/document-json.js'
import { concatBytes, textToOrderedKey } from '../../primitives/bytes.js'
import type { Engine, ReadableView } from '../engine.js'

/** The documents of a moment as NDJSON, in id order, a page of them at a time. */
export async function* exportJson(
  engine: Engine,
  called: Promise<ReadableView>,
): AsyncGenerator<Uint8Array, void> {
  let view = await called
  const { clock } = view
  let last: string | undefined
  let failedAt: string | null | undefined = null
  for (;;) {
    try {
      // Behind the last one: no id is the key of another and a zero.
      const walk = last === undefined ? {} : { from: `${textToOrderedKey(last)}\0` }
      for await (const page of view.shownPages(walk)) {
        const lines = page.flatMap(({ document }) =>
          document === undefined ? [] : [documentToLine(document.copy())],
        )
        last = page.at(-1)?.id ?? last
        if (lines.length > 0) yield concatBytes(...lines)
      }
      return
    } catch (error) {
      // What the view lay on was compacted: the same moment is read where it lies now.
      if (!hasErrorCode(error, 'BLOCK_MISSING') || failedAt === last) throw error
      failedAt = last
      await (await engine.open()).ledger.refresh()
      view = await engine.viewAt(await engine.view(), clock)
    }
  }
}
