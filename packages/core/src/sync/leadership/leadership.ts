/**
 * Which tab of a browser talks to a remote, and what the others hear of it. One leads, the others follow; when the
 * leader is closed or frozen, another takes its place within two seconds.
 *
 * Trap: between `isLeader` and a send a tab may have been frozen for hours. Who is about to send awaits
 * `assertLeader` first.
 */
export interface Leadership<Status> {
  /** Whether this tab leads, as far as it was told. */
  readonly isLeader: boolean
  /** Tells each time that `isLeader` changes; returns what ends it. */
  onChange(listener: (isLeader: boolean) => void): () => void
  /**
   * Rejects with `ABORTED`, `details.reason` `'not-leader'`, unless this tab leads now. Cheap: it
   * asks the platform only where the last second does not prove it.
   */
  assertLeader(): Promise<void>
  /** What the followers are told; what is published while another tab leads is told when this one does. */
  publish(status: Status): void
  /** Tells a follower what the leader published, once each; returns what ends it. */
  onStatus(listener: (status: Status) => void): () => void
  /** Tells the leader, which may be this tab, that something was written. A hint: it may be lost. */
  poke(): void
  onPoke(listener: () => void): () => void
  /**
   * Resolves when the leader, whichever tab that is by then, has served a sync for this clock (`serveSync`). Rejects
   * with what the handler threw, with `ABORTED` when the signal fired, with `CLOSED` when this was closed.
   * Does not end while the remote cannot be reached, if the handler does not.
   */
  requestSync(clock: readonly string[], signal?: AbortSignal): Promise<void>
  /**
   * Sets who serves: he reads what the tabs wrote from the storage, and resolves when the remote has all up to the
   * clock and its log was read to the end. Requests wait until there is one. Returns what takes him away.
   */
  serveSync(handler: SyncHandler): () => void
  /** Leaves, so that another tab leads at once. Idempotent. */
  close(): Promise<void>
}

export type SyncHandler = (clock: readonly string[]) => Promise<void>
