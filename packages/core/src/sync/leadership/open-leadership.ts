import type { Leadership } from './leadership.js'
import { SoloLeadership } from './solo-leadership.js'
import { TabLeadership } from './tab-leadership.js'
import type { TabPlatform } from './tab-platform.js'

export interface OpenLeadershipOptions<Status> {
  /** What tabs share; `undefined` where nothing is shared, and this one always leads. */
  readonly platform: TabPlatform | undefined
  /**
   * The same in all tabs that share the stored database and the remote, and telling nothing of either: a random id or
   * a hash. `undefined` where the database is this tab's alone, as one in memory is.
   */
  readonly name: string | undefined
  /** Whether what another tab, maybe of another version, sent is a status. */
  readonly isStatus: (value: unknown) => value is Status
}

/** Takes part in deciding which tab leads; this one may lead a moment later, where it is alone at once. */
export function openLeadership<Status>(options: OpenLeadershipOptions<Status>): Leadership<Status> {
  const { platform, name, isStatus } = options
  if (platform === undefined || name === undefined) return new SoloLeadership()
  return TabLeadership.open({ platform, name: `firekeep/${name}`, isStatus })
}
