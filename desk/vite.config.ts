import { fileURLToPath, URL } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

import VueI18nPlugin from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const backend = process.env.VENTANILLA_DEV_BACKEND ?? 'http://127.0.0.1:8000'

/** Each file of text also as Brotli, which the server gives to browsers that take it: it packs best when it takes its time. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          const content = file.type === 'chunk' ? file.code : file.source
          if (!/\.(?:js|css|svg)$/.test(name) || content.length < 512) continue
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
          this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(content, { params }) })
        }
      },
    },
  }
}

// A browser asks for few files sooner than for many: what the first screen shows comes in two beside the entry. Not in them:
// what reads and cleans messages, which the thread brings along, and the rich field, which comes when all is drawn.
// What only other screens import comes with them, whatever folder it is in.
const FIRST_SCREEN =
  /\/src\/(?:shell|stores|realtime|ui|api|features\/palette|features\/conversations\/(?:ConversationDesk\.vue|list\/))/
const OTHERS_OF_FIRST_SCREEN =
  /\/node_modules\/(?!prosemirror-|orderedmap|rope-sequence|w3c-keyname|markdown-it|dompurify|linkify-it|mdurl|uc\.micro|entities|@fontsource)/

const ENTRIES = [
  'main.ts',
  'shell/AppShell.vue',
  'features/palette/CommandPalette.vue',
  'features/conversations/ConversationDesk.vue',
]

type Graph = { getModuleInfo(id: string): { importedIds: readonly string[] } | null }

/** The chunk of a module of the first screen, if something of that screen imports it without being asked for later. */
function ofFirstScreen(name: string): (id: string, graph: Graph) => string | null {
  const reached = new Set<string>()
  return (id, graph) => {
    if (!reached.size) {
      const waiting = ENTRIES.map((entry) => fileURLToPath(new URL(`./src/${entry}`, import.meta.url)))
      for (let one = waiting.pop(); one; one = waiting.pop()) {
        if (reached.has(one)) continue
        reached.add(one)
        waiting.push(...(graph.getModuleInfo(one)?.importedIds ?? []))
      }
    }
    return reached.has(id) ? name : null
  }
}

export default defineConfig(({ command }) => ({
  // The server gives the built files out below /packs/desk/; while developing, Vite serves the app itself.
  base: command === 'build' ? '/packs/desk/' : '/',
  plugins: [vue(), VueI18nPlugin({ runtimeOnly: true, strictMessage: true }), packed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // scripts/run builds beside what a running server serves.
  build: {
    outDir: process.env.VENTANILLA_DIST ?? 'dist',
    manifest: true,
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: ofFirstScreen('vendor'), test: OTHERS_OF_FIRST_SCREEN, priority: 2 },
            { name: ofFirstScreen('desk'), test: FIRST_SCREEN, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/auth', '/live', '/cable', '/rails', '/packs'].map((path) => [path, { target: backend, ws: true }]),
    ),
  },
  // Without a server in tests nothing is fetched: each test gives its stores what they need.
  test: { environment: 'happy-dom', setupFiles: ['src/testing/setup.ts'], include: ['src/**/*.test.ts'] },
}))
