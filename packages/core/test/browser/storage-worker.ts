import { createIndexedDbSpace } from '../../src/storage/indexed-db-storage.js'

/** Another thread on the same storage: writes what it is told to, and tells each acknowledged key. */
const scope = self as unknown as {
  onmessage: (event: MessageEvent<{ prefix: string; name: string; count: number }>) => void
  postMessage(message: unknown): void
}

scope.onmessage = async ({ data: { prefix, name, count } }) => {
  const storage = await createIndexedDbSpace({ prefix }).open('db')
  for (let batch = 0; batch < count; batch += 1) {
    const key = `${name}/${String(batch).padStart(4, '0')}`
    await storage.batch([[key, new Uint8Array([batch])]], [])
    scope.postMessage(key)
  }
  await storage.close()
  scope.postMessage('done')
}
