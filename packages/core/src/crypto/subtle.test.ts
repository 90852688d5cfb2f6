import { expect, it, vi } from 'vitest'
import { mustGetSubtle } from './subtle.js'

it('WebCrypto is there, or the error says how to serve the page', () => {
  expect(mustGetSubtle()).toBe(globalThis.crypto.subtle)
  vi.stubGlobal('crypto', { getRandomValues: () => undefined })
  try {
    expect(() => mustGetSubtle()).toThrow(
      expect.objectContaining({
        code: 'INSECURE_CONTEXT',
        message: expect.stringMatching(/https.*localhost/),
      }),
    )
  } finally {
    vi.unstubAllGlobals()
  }
})
