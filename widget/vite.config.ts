import { defineConfig } from 'vitest/config'

// The messenger: hashed files and a manifest from which the frame's page takes its addresses.
export default defineConfig({
  base: './',
  build: {
    // scripts/run builds beside what a running server serves.
    outDir: process.env.VENTANILLA_DIST ?? 'dist',
    target: 'es2022',
    // Browsers that know logical properties: rules by language in their place would be wrong and heavy.
    cssTarget: ['chrome105', 'firefox110', 'safari16'],
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: 'src/messenger/main.tsx' },
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['src/testing.ts'],
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
  },
})
