import { defineConfig } from 'vite'

// The loader is one classic script, its bridge a module, and the form for old browsers a classic script again; all under
// names that never change, beside the messenger.
const PARTS = {
  loader: {
    entry: 'src/loader/index.ts',
    formats: ['iife' as const],
    name: 'ventanillaLoader',
    fileName: () => 'js/sdk.js',
  },
  bridge: { entry: 'src/loader/bridge.ts', formats: ['es' as const], fileName: () => 'js/bridge.js' },
  plain: {
    entry: 'src/plain/index.ts',
    formats: ['iife' as const],
    name: 'ventanillaPlain',
    fileName: () => 'js/plain.js',
  },
}

export default defineConfig(({ mode }) => ({
  build: {
    outDir: process.env.VENTANILLA_DIST ?? 'dist',
    // Below the floor of browsers (scripts/tooling/floor.mjs), too, the launcher works and a text can be sent.
    target: mode === 'plain' ? 'es2017' : 'es2020',
    // Browsers that know logical properties: rules by language in their place would be wrong and heavy.
    cssTarget: ['chrome105', 'firefox110', 'safari16'],
    emptyOutDir: false,
    copyPublicDir: false,
    minify: true,
    lib: mode === 'bridge' || mode === 'plain' ? PARTS[mode] : PARTS.loader,
  },
}))
