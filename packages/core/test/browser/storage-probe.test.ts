import { cdp } from 'vitest/browser'
import { expect, it } from 'vitest'
it('probe', async () => {
  const e = await navigator.storage.estimate()
  console.log(JSON.stringify(e), self.crossOriginIsolated, location.href, isSecureContext)
  const s = cdp() as any
  await s.send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: 2_000_000 })
  console.log(JSON.stringify(await navigator.storage.estimate()))
  expect(1).toBe(1)
})
