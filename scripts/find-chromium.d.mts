export function findChromium(
  env?: Readonly<Record<string, string | undefined>>,
  exists?: (path: string) => boolean,
  platform?: NodeJS.Platform,
): string | undefined

export const CHROMIUM_FLAGS: string[]
