// What a customer's visitors download, against what we promise. Gzip, level 9.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const KB = 1024
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const files = readdirSync(dist, { recursive: true })
  .map(String)
  .filter((name) => /\.(js|css)$/.test(name))
const weigh = (names) =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name)), { level: 9 }).length, 0)
const isLoader = (name) => name.replaceAll('\\', '/') === 'js/sdk.js'

let failed = false
for (const [what, names, limit] of [
  ['loader', files.filter(isLoader), 3 * KB],
  ['messenger', files.filter((name) => !isLoader(name)), 30 * KB],
]) {
  const size = weigh(names)
  const good = names.length > 0 && size <= limit
  failed ||= !good
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what}: ${(size / KB).toFixed(2)} KB of ${limit / KB} KB`)
}
process.exit(failed ? 1 : 0)
