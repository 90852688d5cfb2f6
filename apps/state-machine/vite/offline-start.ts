import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const SOURCE = new URL('../offline/service-worker.js', import.meta.url)
const NAME_LENGTH = 16

/** Adds the service worker, with the names of everything that was built, so that the app starts without a network. */
export function offlineStart(): Plugin {
  return {
    name: 'firekeep:offline-start',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter(file => file.startsWith('assets/') && !file.endsWith('.map'))
        .sort()
      const text = readFileSync(SOURCE, 'utf8')
      const version = createHash('sha256')
        .update(text)
        .update(files.join())
        .digest('hex')
        .slice(0, NAME_LENGTH)
      const source = text
        .replace("'__VERSION__'", JSON.stringify(`firekeep-licences-${version}`))
        .replace("'__FILES__'", JSON.stringify([...files, 'icon.svg']))
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source })
    },
  }
}
