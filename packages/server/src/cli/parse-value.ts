import { InvalidArgumentError } from 'commander'

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `8MiB`, or bytes without a unit. */
export function parseBytes(text: string): number {
  return withUnit(text, BYTES, 'a size is a number and KiB, MiB, GiB or TiB, like `8MiB`')
}

/** `10s`; there is always a unit. */
export function parseDuration(text: string): number {
  return withUnit(text, MILLISECONDS, 'a time is a number and ms, s, m, h or d, like `10s`')
}

/** A whole number that is not negative. */
export function parseWhole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('it is a whole number.')
}

export function parsePort(text: string): number {
  const port = parseWhole(text)
  if (port <= 65_535) return port
  throw new InvalidArgumentError('a port is at most 65535.')
}

export function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new InvalidArgumentError('it is a regular expression.')
  }
}

/** One more value of an option that may be repeated; in an environment variable they stand between commas. */
export function addToList(text: string, before: readonly string[] | undefined): readonly string[] {
  const values = text.split(',').map(value => value.trim())
  return [...(before ?? []), ...values.filter(value => value !== '')]
}

function withUnit(text: string, factors: Readonly<Record<string, number>>, sentence: string): number {
  const match = /^(\d{1,12})([A-Za-z]*)$/.exec(text)
  const factor = match === null ? undefined : factors[match[2] as string]
  if (match === null || factor === undefined) throw new InvalidArgumentError(`${sentence}.`)
  return Number(match[1]) * factor
}
