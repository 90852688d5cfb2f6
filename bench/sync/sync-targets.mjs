const NODE = /** @type {const} */ (['node'])

/**
 * What Firekeep is to reach in syncing, over loopback.
 *
 * @type {readonly import('../targets.mjs').Target[]}
 */
export const SYNC_TARGETS = [
  { environments: NODE, measure: 'fresh-peer', figure: 'time', atMost: 1_000 },
  { environments: NODE, measure: 'fresh-peer', figure: 'received', atMost: 1.3 },
  { environments: NODE, measure: 'one-change', figure: 'p50', atMost: 10 },
  { environments: NODE, measure: 'catch-up', figure: 'time', atMost: 4_000 },
  { environments: NODE, measure: 'durable-appends', figure: 'manyLogs', atLeast: 2_000 },
  { environments: NODE, measure: 'durable-appends', figure: 'oneLog', atLeast: 2_000 },
  { environments: NODE, measure: 'idle-connections', figure: 'first', atMost: 20 },
  { environments: NODE, measure: 'idle-connections', figure: 'next', atMost: 20 },
]
