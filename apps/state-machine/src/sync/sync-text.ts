import type { SyncSummary } from '@firekeep/react'
import type { CalmState } from './calm-state.js'

/** What is said of a state; `undefined` where nothing needs to be said. */
export interface SyncText {
  readonly text: string
  /** Changes quickly, so it is shown and not spoken. */
  readonly detail?: string
  /** Something that does not mend by itself. */
  readonly isGrave: boolean
}

type Stopped = Extract<SyncSummary, { state: 'paused' }>

const PAUSE_TEXTS: Record<Stopped['reasons'][number], string> = {
  'rate-limited': 'The server asks to wait a moment',
  'remote-full': 'The server has no room left for this',
  'storage-failed': 'This device could not store what came; trying again',
  'storage-full': 'This device is full; delete something to go on',
  'too-large': 'Something is larger than the server takes',
}

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  GONE: 'Deleted on the server; it is on this device only',
  UNAUTHORIZED: 'The server does not let this device in',
  FORBIDDEN: 'The server does not let this device in',
  UNSUPPORTED_FORMAT: 'The server speaks another version; reload the page',
  CORRUPT: 'Something that came was damaged and left out',
  STORAGE_FAILED: 'This device could not store what came',
  QUOTA_EXCEEDED: 'This device is full; delete something to go on',
}

/** A state in words. `isWaiting`: something is on this device alone. */
export function syncText(sync: SyncSummary, state: CalmState, isWaiting: boolean): SyncText | undefined {
  switch (state) {
    case 'local':
      return { text: 'On this device only', isGrave: false }
    case 'live':
      return { text: 'Up to date', isGrave: false }
    case 'offline':
      return { text: joined('Offline', isWaiting), isGrave: false }
    case 'connecting':
      return { text: 'Connecting…', isGrave: false }
    case 'catching-up':
      return { text: 'Catching up', ...progressOf(sync), isGrave: false }
    case 'paused':
    case 'error':
      return { text: joined(reasonOf(sync), isWaiting), isGrave: true }
    case 'starting':
      return undefined
  }
}

function progressOf(sync: SyncSummary): { readonly detail?: string } {
  if (sync.state !== 'catching-up' || sync.progress.total === 0) return {}
  const { done, total } = sync.progress
  return { detail: `${Math.min(99, Math.floor((100 * done) / total))} %` }
}

function reasonOf(sync: SyncSummary): string {
  if (sync.state === 'paused') return PAUSE_TEXTS[sync.reasons[0] ?? 'rate-limited']
  return sync.state === 'error' ? (ERROR_TEXTS[sync.code] ?? sync.message) : ''
}

function joined(text: string, isWaiting: boolean): string {
  return isWaiting ? `${text} · changes wait` : text
}
