/** A stream of what a generator yields, at the pace of whoever reads; who cancels it ends the generator. */
export function toByteStream(
  start: () => Promise<AsyncGenerator<Uint8Array, void>>,
): ReadableStream<Uint8Array> {
  let started: Promise<AsyncGenerator<Uint8Array, void>> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        started ??= start()
        const { done, value } = await (await started).next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await (await started)?.return()
      },
    },
    { highWaterMark: 0 },
  )
}
