import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { concatBytes } from '../../primitives/bytes.js'
import { readBody } from './read-body.js'

describe('readBody', () => {
  it('gives the same part of a body, however it arrives', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(60), fc.nat(60), async (parts, skip, length) => {
        const response = new Response(
          new ReadableStream({
            start(controller) {
              for (const part of parts) if (part.length > 0) controller.enqueue(part)
              controller.close()
            },
          }),
        )
        const bytes = await readBody(response, { skip, length })
        expect(bytes).toEqual(concatBytes(...parts).slice(skip, skip + length))
      }),
      { numRuns: runs(100) },
    )
  })

  it('stops a body that goes on, and tells of each part', async () => {
    let isCancelled = false
    let told = 0
    const body = new ReadableStream<Uint8Array>({
      pull: controller => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        isCancelled = true
      },
    })
    const onProgress = (): void => {
      told += 1
    }
    expect((await readBody(new Response(body), { length: 25, onProgress })).length).toBe(25)
    expect([isCancelled, told]).toEqual([true, 3])
  })

  it('of an answer without a body is empty', async () => {
    expect(await readBody(new Response(null), { length: 5 })).toEqual(new Uint8Array(0))
  })
})
