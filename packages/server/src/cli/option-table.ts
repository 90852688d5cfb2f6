import { Option } from 'commander'
import { addToList, parseBytes, parseDuration, parsePattern, parsePort, parseWhole } from './parse-value.js'

/** An option of the command line: its environment variable is its name in capitals after `FIREKEEP_`. */
export interface OptionRow {
  readonly name: string
  readonly value: string
  readonly description: string
  /** As a user would write it. */
  readonly standard?: string
  readonly parse?: (text: string) => unknown
  readonly choices?: readonly string[]
  readonly isRepeatable?: boolean
}

export const DIR_ROW: OptionRow = {
  name: 'dir',
  value: '<folder>',
  description: 'folder of the data; default: firekeep-server in $XDG_DATA_HOME or ~/.local/share',
}

const WHERE: readonly OptionRow[] = [
  DIR_ROW,
  { name: 'host', value: '<address>', standard: '127.0.0.1', description: 'address to listen on' },
  {
    name: 'port',
    value: '<number>',
    standard: '4747',
    parse: parsePort,
    description: 'port to listen on; 0: a free one',
  },
  {
    name: 'origin',
    value: '<origin>',
    isRepeatable: true,
    description:
      'origin that clients know the server by, like https://sync.example.org; name it on a public server',
  },
  {
    name: 'cors',
    value: '<origin>',
    isRepeatable: true,
    description: 'origin of pages that may use the server; default: all, as there are no cookies',
  },
  {
    name: 'trust-proxy',
    value: '<hops>',
    standard: '0',
    parse: parseWhole,
    description: 'how many proxies before the server add to X-Forwarded-For',
  },
]

const WHO: readonly OptionRow[] = [
  {
    name: 'admit',
    value: '<whom>',
    standard: 'open',
    choices: ['open', 'secret', 'issuer'],
    description: 'whom to let in beside the right that a link gives',
  },
  {
    name: 'admission-secret-file',
    value: '<file>',
    description: 'secrets for --admit secret: one a line, two at most; or FIREKEEP_ADMISSION_SECRET',
  },
  {
    name: 'issuer-jwks',
    value: '<url or file>',
    isRepeatable: true,
    description: 'JWK set of the issuer, for --admit issuer; two keys at most in all',
  },
  {
    name: 'issuer-key-file',
    value: '<file>',
    isRepeatable: true,
    description: 'public key of the issuer, PEM',
  },
  {
    name: 'issuer-secret-file',
    value: '<file>',
    isRepeatable: true,
    description: 'secret shared with the issuer',
  },
  { name: 'issuer-name', value: '<iss>', description: 'what `iss` of the issuer has to be' },
  { name: 'issuer-audience', value: '<aud>', description: 'what `aud` of the issuer has to be' },
]

const WATCH: readonly OptionRow[] = [
  {
    name: 'log-level',
    value: '<level>',
    standard: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    description: 'what is logged, as lines of JSON on the standard error output',
  },
  {
    name: 'metrics-token-file',
    value: '<file>',
    description: 'token that readers of /metrics have to send; or FIREKEEP_METRICS_TOKEN',
  },
  {
    name: 'grace',
    value: '<time>',
    standard: '24h',
    parse: parseDuration,
    description: 'how long a blob stays after nothing refers to it any more',
  },
]

const LIMITS: readonly OptionRow[] = [
  bytes('max-frame', '8MiB', 'bytes of one message'),
  bytes('max-blob', '256MiB', 'bytes of one blob'),
  bytes('max-database', '4GiB', 'bytes of the packs of one database; blobs have to fit in as well'),
  count('max-requests', '1000', 'requests a second of one connection, or of one address over HTTP'),
  count('max-connections', '10000', 'connections in all'),
  count('max-connections-per-address', '1000', 'connections of one address'),
  count('max-logs', '1000', 'databases that are open on one connection'),
  count('max-auth-failures', '600', 'refused tokens of one address in a minute'),
  count('max-new-databases', '2000', 'databases that one address begins in an hour'),
  bytes('max-queue', '1MiB', 'bytes that wait for a slow reader before it is cut'),
  time('stall-timeout', '10s', 'how long a reader may take nothing before it is cut'),
  time('ping-interval', '30s', 'time between signs of life of a WebSocket'),
  time('hello-timeout', '10s', 'how long a WebSocket may take for its first message'),
  time('header-timeout', '10s', 'how long the headers of a request may take'),
  time('body-timeout', '10m', 'how long a whole request may take'),
  time('idle-timeout', '75s', 'how long nothing may happen on a connection that is no WebSocket'),
  {
    name: 'log-pattern',
    value: '<regexp>',
    parse: parsePattern,
    description: 'which databases are kept, by their ids; default: all',
  },
]

/** All options of `serve`. */
export const OPTION_TABLE: readonly OptionRow[] = [...WHERE, ...WHO, ...WATCH, ...LIMITS]

export function variableOf({ name }: OptionRow): string {
  return `FIREKEEP_${name.toUpperCase().replaceAll('-', '_')}`
}

export function toOption(row: OptionRow): Option {
  const option = new Option(`--${row.name} ${row.value}`, row.description).env(variableOf(row))
  if (row.parse !== undefined) option.argParser(row.parse)
  if (row.isRepeatable) option.argParser(addToList)
  if (row.choices !== undefined) option.choices(row.choices)
  if (row.standard !== undefined) option.default(row.parse?.(row.standard) ?? row.standard, row.standard)
  return option
}

function bytes(name: string, standard: string, description: string): OptionRow {
  return { name, value: '<bytes>', standard, parse: parseBytes, description }
}

function count(name: string, standard: string, description: string): OptionRow {
  return { name, value: '<number>', standard, parse: parseWhole, description }
}

function time(name: string, standard: string, description: string): OptionRow {
  return { name, value: '<time>', standard, parse: parseDuration, description }
}
