import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023' },
  // The packages as a bundler sees them, also in the build for Node.
  ssr: { noExternal: [/^@firekeep\//] },
})
