import type { Task } from '../../task.mjs'

/** What a contender may be measured at, beside what each of its devices can. */
export type SyncOperation = 'sync' | 'append' | 'idle'

/** Where a device keeps its data and what it syncs with. */
export interface DevicePlace {
  /** The address that the server printed. */
  readonly url: string
  /** An empty folder; nobody else uses it. */
  readonly dir: string
  /** What another device gave, to use the same database; without, a new one is made. */
  readonly ticket: string | undefined
  /** Hears of documents that came or changed, local and remote ones alike. */
  readonly listener: (tasks: readonly Task[]) => void
}

/** An open database of one device; not connected at first. */
export interface DeviceSession {
  /** Lets another device use the same database. */
  ticket(): Promise<string>
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  /** Resolves when the device has stored the document, where it stores at all. */
  put(task: Task): Promise<unknown>
  bulk(tasks: readonly Task[]): Promise<unknown>
  /** Resolves when the server has everything that was written here. */
  acknowledged(): Promise<unknown>
  /** The documents that are here: where a device may have some that its listener was not told of one by one. */
  count?(): Promise<number>
  close(): Promise<unknown>
}

export type OpenDevice = (place: DevicePlace) => Promise<DeviceSession>

/** Connections of one process to a server, without a database behind them. */
export interface RawClients {
  /** Opens connections, each for the log with the number at its place; those who follow hear of every append. */
  connect(wanted: WantedClients): Promise<unknown>
  /** Sends bytes over one of the connections; resolves when the server has them on the disk. */
  append?(client: number, bytes: Uint8Array): Promise<unknown>
  close(): Promise<unknown>
}

export interface WantedClients {
  readonly logs: readonly number[]
  readonly follow: boolean
}

/** One way to sync documents. */
export interface SyncContender {
  /** For `--only`, `--contenders` and the results. */
  readonly id: string
  /** For the tables. */
  readonly label: string
  /** The npm package that gives the version. */
  readonly package?: string
  readonly environments: readonly ['node']
  readonly operations: readonly SyncOperation[]
  /** The program of the server and its arguments; it prints its address. */
  server(dir: string): ServerCommand
  /** Loads the code of a device, which is no part of any figure. */
  loadDevice(): Promise<OpenDevice>
  /** Only with the operations `append` or `idle`. */
  loadRawClients?(): Promise<(url: string) => RawClients>
}

export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}
