import { answerCalls } from './answer-calls.mjs'

/** Loaded into the process of a server before its program: tells its memory after a collection of garbage. */
answerCalls({
  memory() {
    // The first collection may leave what has finalizers to the second.
    globalThis.gc?.()
    globalThis.gc?.()
    return process.memoryUsage().rss
  },
})
// What listens here does not keep a server alive that wants to end.
process.channel?.unref()
