import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import type { AdmissionOptions } from '../auth/admission-options.js'
import {
  type IssuerKey,
  jwksIssuerKey,
  pemIssuerKey,
  remoteIssuerKey,
  secretIssuerKey,
} from '../auth/issuer-keys.js'
import type { ServerOptions } from '../server-options.js'

/** What `serve` was told, by flags and variables (`option-table.ts`). */
export interface ServeFlags {
  readonly dir?: string
  readonly host: string
  readonly port: number
  readonly origin?: readonly string[]
  readonly cors?: readonly string[]
  readonly trustProxy: number
  readonly admit: 'open' | 'secret' | 'issuer'
  readonly admissionSecretFile?: string
  readonly issuerJwks?: readonly string[]
  readonly issuerKeyFile?: readonly string[]
  readonly issuerSecretFile?: readonly string[]
  readonly issuerName?: string
  readonly issuerAudience?: string
  readonly logLevel: string
  readonly metricsTokenFile?: string
  readonly grace: number
  readonly maxFrame: number
  readonly maxBlob: number
  readonly maxDatabase: number
  readonly maxRequests: number
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly maxLogs: number
  readonly maxAuthFailures: number
  readonly maxNewDatabases: number
  readonly maxQueue: number
  readonly stallTimeout: number
  readonly pingInterval: number
  readonly helloTimeout: number
  readonly headerTimeout: number
  readonly bodyTimeout: number
  readonly idleTimeout: number
  readonly logPattern?: RegExp
}

const LEAST_GRACE = 2 * 60 * 60 * 1000

type Environment = Readonly<Record<string, string | undefined>>

/** The folder of the data: what was named, or the place of the user's data. */
export function dataFolder(dir: string | undefined, env: Environment): string {
  if (dir !== undefined) return resolve(dir)
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'firekeep-server')
}

/** Options of the server; secrets are read from files or variables, as everybody may read the arguments of a process. */
export async function toServerOptions(flags: ServeFlags, env: Environment): Promise<ServerOptions> {
  const { host, port, origin, cors, trustProxy, grace } = flags
  if (grace < LEAST_GRACE) {
    const message = '`--grace` is 2h at least: who puts blobs, and refers to them at last, needs the time'
    throw new FirekeepError('INVALID_OPTION', message)
  }
  const metricsToken = await readSecret(flags.metricsTokenFile, env.FIREKEEP_METRICS_TOKEN)
  return {
    ...{ host, port, trustProxy, grace, limits: toLimits(flags) },
    admission: await toAdmission(flags, env),
    ...(origin === undefined ? {} : { origins: origin }),
    ...(cors === undefined ? {} : { cors }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(env.FIREKEEP_LOG_KEY ? { logKey: env.FIREKEEP_LOG_KEY } : {}),
  }
}

function toLimits(flags: ServeFlags): NonNullable<ServerOptions['limits']> {
  const { stallTimeout, pingInterval, helloTimeout, headerTimeout, bodyTimeout, idleTimeout } = flags
  return {
    ...{ stallTimeout, pingInterval, helloTimeout, headerTimeout, bodyTimeout, idleTimeout },
    frameBytes: flags.maxFrame,
    blobBytes: flags.maxBlob,
    databaseBytes: flags.maxDatabase,
    requestsPerSecond: flags.maxRequests,
    connections: flags.maxConnections,
    connectionsPerAddress: flags.maxConnectionsPerAddress,
    logsPerConnection: flags.maxLogs,
    authFailuresPerMinute: flags.maxAuthFailures,
    newDatabasesPerHour: flags.maxNewDatabases,
    queueBytes: flags.maxQueue,
    ...(flags.logPattern === undefined ? {} : { logPattern: flags.logPattern }),
  }
}

async function toAdmission(flags: ServeFlags, env: Environment): Promise<AdmissionOptions> {
  switch (flags.admit) {
    case 'open':
      return { kind: 'open' }
    case 'secret':
      return { kind: 'secret', secrets: await readSecrets(flags, env) }
    case 'issuer':
      return {
        kind: 'issuer',
        keys: await readIssuerKeys(flags),
        ...(flags.issuerName === undefined ? {} : { issuer: flags.issuerName }),
        ...(flags.issuerAudience === undefined ? {} : { audience: flags.issuerAudience }),
      }
  }
}

async function readSecrets({ admissionSecretFile }: ServeFlags, env: Environment): Promise<string[]> {
  const inFile = admissionSecretFile === undefined ? '' : await readText(admissionSecretFile)
  const { FIREKEEP_ADMISSION_SECRET: present, FIREKEEP_ADMISSION_SECRET_PREVIOUS: previous } = env
  return [...inFile.split('\n'), present ?? '', previous ?? '']
    .map(line => line.trim())
    .filter(line => line !== '')
}

async function readIssuerKeys(flags: ServeFlags): Promise<IssuerKey[]> {
  const keys: IssuerKey[] = []
  for (const place of flags.issuerJwks ?? []) {
    keys.push(/^https?:/.test(place) ? remoteIssuerKey(place) : jwksIssuerKey(await readText(place)))
  }
  for (const file of flags.issuerKeyFile ?? []) keys.push(pemIssuerKey(await readText(file)))
  for (const file of flags.issuerSecretFile ?? []) keys.push(secretIssuerKey((await readText(file)).trim()))
  return keys
}

async function readSecret(
  file: string | undefined,
  variable: string | undefined,
): Promise<string | undefined> {
  const secret = file === undefined ? variable : (await readText(file)).trim()
  return secret || undefined
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new FirekeepError('INVALID_OPTION', `the file ${file} cannot be read`, { cause })
  }
}
