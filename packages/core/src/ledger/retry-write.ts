import { hasErrorCode } from '../errors.js'

const RETRY_DELAYS = [20, 100, 400]

/** Writes again what failed with an unknown outcome, a few times: the same bytes, so it takes effect once (L4). */
export async function retryWrite(
  write: () => Promise<void>,
  delay: (milliseconds: number) => Promise<void>,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (!hasErrorCode(error, 'STORAGE_FAILED') || attempt === RETRY_DELAYS.length) throw error
      await delay(RETRY_DELAYS[attempt] as number)
    }
  }
}
