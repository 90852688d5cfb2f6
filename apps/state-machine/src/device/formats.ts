const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const moment = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
})
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'medium' })

export function formatDay(at: number): string {
  return day.format(at)
}

/** Day and time, as short as they can be told. */
export function formatMoment(at: number): string {
  return moment.format(at)
}

export function formatExact(at: number): string {
  return exact.format(at)
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const
const STEP = 1_000

/** A size with two or three digits that mean something. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP
    unit += 1
  }
  const digits = unit > 0 && value < 10 ? 1 : 0
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

const ISO_DAY = 10

/** The day that it is, as `2026-01-31`. */
export function today(): string {
  return new Date().toISOString().slice(0, ISO_DAY)
}
