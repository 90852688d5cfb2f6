import { httpRemote } from '@firekeep/core'
import { worker } from '@firekeep/core/jobs'
import { openLink, parseLink } from '@firekeep/core/share'
import { makeThumbnail } from './make-thumbnail.mjs'
import { lookUp } from './register.mjs'

/** @typedef {import('./read-options.mjs').WorkerSettings} WorkerSettings */
/** @typedef {(line: string) => void} Say */

/** How long a thumbnail may take. A file of a stranger may take for ever. */
const DRAWING_LIMIT = 30_000

/**
 * Opens an office and works for it: looks applicants up in the register where a page asks for it, and makes thumbnails of
 * pictures and PDFs that have none, old and new. Any number of workers may do this at once, here and elsewhere.
 *
 * @param {WorkerSettings} settings
 * @param {Say} say what is told about the work
 * @returns {Promise<() => Promise<void>>} ends it, when what runs is done
 */
export async function startWorkers({ link, dir, pace, lease }, say) {
  const office = await openLink(link, { dir, attach: false })
  const attachment = office.attach(httpRemote(parseLink(link)?.server ?? ''))
  const checks = worker(office, {
    attachment,
    lease,
    concurrency: 4,
    run: async (job, { signal, idempotencyKey, attempt }) => {
      say(`check of ${job.name}: begins${attempt > 1 ? `, attempt ${attempt}` : ''}`)
      const { points } = await lookUp({ name: job.name, born: job.born }, { pace, signal, idempotencyKey })
      say(`check of ${job.name}: ${points} points`)
      return { points, error: undefined }
    },
  })
  const thumbnails = worker(office, {
    attachment,
    lease,
    select: doc => doc.type === 'upload' && doc._files?.original !== undefined && !doc._files.thumbnail,
    retries: 1,
    run: async (upload, { signal }) => {
      const original = upload._files?.original
      if (original === undefined) return undefined
      const limited = AbortSignal.any([signal, AbortSignal.timeout(DRAWING_LIMIT)])
      const thumbnail = await makeThumbnail(await original.file({ signal: limited }), limited)
      say(`thumbnail of ${upload.title}: ${thumbnail.size} bytes`)
      return { _files: { thumbnail } }
    },
  })
  return async () => {
    await Promise.all([checks.stop(), thumbnails.stop()])
    // What was done last should reach the others, but whoever ends a worker need not wait for a network.
    await Promise.race([attachment.synced().catch(() => undefined), delay()])
    await office.close()
  }
}

const LAST_WORDS = 3_000

/** @returns {Promise<void>} */
function delay() {
  return new Promise(resolve => {
    setTimeout(resolve, LAST_WORDS).unref()
  })
}
