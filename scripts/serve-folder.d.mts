export function serveFolder(
  folder: string,
  port: number,
  texts?: Readonly<Record<string, string>>,
): Promise<{ url: string; close: () => void }>
