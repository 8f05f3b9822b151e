// The desk's first load: the entry and everything it imports at once, gzipped, against the budget of ui.md.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 200
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const seen = new Set()
function collect(key) {
  if (seen.has(key)) return
  seen.add(key)
  for (const imported of manifest[key].imports ?? []) collect(imported)
}
collect('index.html')
let total = 0
for (const key of seen) {
  const { file } = manifest[key]
  if (file.endsWith('.js')) total += gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length
}
const kb = total / 1024
console.log(`first load ${kb.toFixed(1)} KB of JavaScript (gzip), budget ${BUDGET_KB} KB`)
if (kb > BUDGET_KB) process.exit(1)
