import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { offlineStart } from './vite/offline-start.js'
import { reactCompiler } from './vite/react-compiler.js'
import { syncServer } from './vite/sync-server.js'

const SOURCES = fileURLToPath(new URL('src', import.meta.url))

export default defineConfig({
  plugins: [reactCompiler(SOURCES), react(), offlineStart(), syncServer({ port: 4184 })],
  // Imported by compiled modules only, so the dev server would find it late and reload the page.
  optimizeDeps: { include: ['react/compiler-runtime'] },
  build: { sourcemap: true, rolldownOptions: { checks: { pluginTimings: false } } },
})
