import { fileURLToPath, URL } from 'node:url'

import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const backend = process.env.VENTANILLA_DEV_BACKEND ?? 'http://127.0.0.1:8000'

export default defineConfig(({ command }) => ({
  // The server gives the built files out below /packs/desk/; while developing, Vite serves the app itself.
  base: command === 'build' ? '/packs/desk/' : '/',
  plugins: [vue(), VueI18nPlugin({ runtimeOnly: true, strictMessage: true })],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // scripts/run builds beside what a running server serves.
  build: {
    outDir: process.env.VENTANILLA_DIST ?? 'dist',
    manifest: true,
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 400,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/auth', '/live', '/cable', '/rails', '/packs'].map((path) => [path, { target: backend, ws: true }]),
    ),
  },
  // Without a server in tests nothing is fetched: each test gives its stores what they need.
  test: { environment: 'happy-dom', setupFiles: ['src/testing/setup.ts'], include: ['src/**/*.test.ts'] },
}))
