import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.CIP_URL ?? 'http://127.0.0.1:8501'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  // Fonts must stay files: the content security policy forbids data: URLs for them.
  build: { assetsInlineLimit: 0, target: 'es2022', reportCompressedSize: true },
  server: { proxy: { '/api': { target: server, changeOrigin: true }, '/healthz': server } },
  test: { environment: 'happy-dom', setupFiles: ['./src/test-setup.ts'] },
})
