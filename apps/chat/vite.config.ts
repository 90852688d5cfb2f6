import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import type { RuntimeCaching } from 'workbox-build'
import { reactCompiler } from './vite/react-compiler.js'
import { syncServer } from './vite/sync-server.js'

const SOURCES = fileURLToPath(new URL('src', import.meta.url))

/** Which sync server there is may change with each start of it. Without a network it is the last one, or not known. */
const SERVER_FILE: RuntimeCaching = {
  urlPattern: ({ url }) => url.pathname.endsWith('/server.json'),
  handler: 'NetworkFirst',
  options: {
    cacheName: 'firekeep-chat-server',
    networkTimeoutSeconds: 5,
    plugins: [{ handlerDidError: async () => Response.json(null) }],
  },
}

export default defineConfig({
  plugins: [
    reactCompiler(SOURCES),
    react(),
    syncServer({ port: 4183 }),
    VitePWA({
      // A new version asks before it reloads: the page may hold a half-written message.
      registerType: 'prompt',
      injectRegister: false,
      includeAssets: ['icon.svg', 'icon-180.png'],
      workbox: {
        globPatterns: ['**/*.{js,css,html}'],
        navigateFallback: 'index.html',
        sourcemap: false,
        // Parts of the app load on demand: the page of a first visit needs them without a network, too.
        clientsClaim: true,
        runtimeCaching: [SERVER_FILE],
      },
      manifest: {
        name: 'Firekeep Chat',
        short_name: 'Firekeep',
        description: 'Rooms that live on your device, encrypted, in every tab at once.',
        display: 'standalone',
        start_url: '.',
        theme_color: '#fbf8f4',
        background_color: '#fbf8f4',
        icons: [
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  // Imported by compiled modules only, so the dev server would find it late and reload the page.
  optimizeDeps: { include: ['react/compiler-runtime'] },
  build: { sourcemap: true, rolldownOptions: { checks: { pluginTimings: false } } },
})
