// What a customer's visitors download, against what we promise. Gzip, level 9.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const KB = 1024
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
const weigh = (names) =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name)), { level: 9 }).length, 0)

/** The entry, what it imports at once, and the styles of both: what the first opening waits for. */
function firstOpening() {
  const keys = Object.keys(manifest).filter((key) => manifest[key].isEntry)
  for (const key of keys) for (const more of manifest[key].imports ?? []) if (!keys.includes(more)) keys.push(more)
  return [...keys.flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]), 'js/bridge.js']
}

const words = Object.entries(manifest)
  .filter(([key]) => key.includes('/words/'))
  .map(([, { file }]) => file)
const heaviest = words.toSorted((a, b) => weigh([b]) - weigh([a])).slice(0, 1)
const lazy = readdirSync(join(dist, 'assets'))
  .filter((name) => /\.(js|css)$/.test(name) && !firstOpening().includes(`assets/${name}`))
  .map((name) => `assets/${name}`)

let failed = false
for (const [what, names, limit] of [
  ['loader', ['js/sdk.js'], 3 * KB],
  ['messenger, first opening', firstOpening(), 30 * KB],
  ['the longest language', heaviest, 4 * KB],
  ['all that comes later', lazy, 20 * KB],
]) {
  const size = weigh(names)
  const good = names.length > 0 && size <= limit
  failed ||= !good
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what}: ${(size / KB).toFixed(2)} KB of ${limit / KB} KB`)
}
process.exit(failed ? 1 : 0)
