import { defineConfig } from 'vite'

// The loader is one classic script, its bridge a module; both under names that never change, beside the messenger.
export default defineConfig(({ mode }) => ({
  build: {
    outDir: process.env.VENTANILLA_DIST ?? 'dist',
    target: 'es2022',
    // Browsers that know logical properties: rules by language in their place would be wrong and heavy.
    cssTarget: ['chrome105', 'firefox110', 'safari16'],
    emptyOutDir: false,
    copyPublicDir: false,
    minify: true,
    lib:
      mode === 'bridge'
        ? { entry: 'src/loader/bridge.ts', formats: ['es'], fileName: () => 'js/bridge.js' }
        : { entry: 'src/loader/index.ts', formats: ['iife'], name: 'ventanillaLoader', fileName: () => 'js/sdk.js' },
  },
}))
