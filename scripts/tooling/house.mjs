/**
 * The house rules of a front end's source: arrows between folders go down only, files and lines stay short, and nobody
 * silences the compiler. Run in the desk's folder; prints what breaks a rule and exits with 1.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'

const MOST_LINES = 300
const LONGEST_LINE = 140
/** What each folder may take from; `shell` and the files beside the folders hold everything together. */
const MAY_USE = {
  ui: ['ui'],
  api: ['api'],
  i18n: ['i18n'],
  stores: ['stores', 'realtime', 'api', 'i18n', 'ui'],
  realtime: ['realtime', 'stores', 'api', 'i18n', 'ui'],
  components: ['components', 'stores', 'realtime', 'api', 'i18n', 'ui'],
  features: ['components', 'stores', 'realtime', 'api', 'i18n', 'ui'],
}
const SILENCED = /\bas any\b|\bas never\b|\bas unknown as\b|:\s*any\b|<any>|\bany\[\]|@ts-(?:ignore|expect-error|nocheck)/
const ASKS_SERVER = /import \{[^}]*\b(?:api|upload|readStart)\b[^}]*\} from '@\/api\/client'|(?<![.\w])fetch\(/
const OWN = /(?:from|import)\s*\(?\s*'((?:@|\.{1,2})\/[^']+)'/g

/** Where an import leads, as a path below `src`. */
export function target(file, address) {
  return address.startsWith('@/') ? address.slice(2) : join(file, '..', address)
}

/** Who a file belongs to: a folder, a feature (`features/contacts`), or nobody below the top. */
const home = (path) => (path.startsWith('features/') ? path.split('/').slice(0, 2).join('/') : path.split('/')[0])

/** Whether a file may take from the other. */
export function mayUse(file, other) {
  const [from, to] = [home(file), home(other)]
  const allowed = MAY_USE[from.split('/')[0]]
  return !allowed || from === to || allowed.includes(to)
}

/** What of a file breaks a rule, as sentences. */
export function broken(file, text) {
  const isTest = file.endsWith('.test.ts') || file.startsWith('testing/')
  const found = []
  const lines = text.trimEnd().split('\n')
  if (lines.length > MOST_LINES) found.push(`${lines.length} lines, at most ${MOST_LINES}`)
  lines.forEach((line, index) => {
    if (line.length > LONGEST_LINE) found.push(`line ${index + 1} has ${line.length} columns, at most ${LONGEST_LINE}`)
    if (!isTest && SILENCED.test(line)) found.push(`line ${index + 1} silences the compiler: ${line.trim()}`)
  })
  if (isTest || file.endsWith('.css')) return found
  for (const [, address] of text.matchAll(OWN))
    if (!mayUse(file, target(file, address))) found.push(`takes from ${address}, which lies above or beside it`)
  if (file.endsWith('.vue') && ASKS_SERVER.test(text)) found.push('asks the server; stores do')
  return found
}

function main(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && /\.(?:vue|ts|css)$/.test(one.name))
    .map((one) => relative(folder, join(one.parentPath, one.name)))
    .filter((one) => !one.startsWith('api/generated/'))
  let bad = 0
  for (const file of files.sort())
    for (const what of broken(file, readFileSync(join(folder, file), 'utf8'))) {
      console.log(`${file}: ${what}`)
      bad += 1
    }
  console.log(bad ? `${bad} things break a rule of the house` : `${files.length} files keep to the rules of the house`)
  process.exitCode = bad ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  // A front end's own folder is as good as its sources: what it installs is nobody's to keep tidy here.
  const [, , given = 'src'] = process.argv
  main(existsSync(join(given, 'src')) ? join(given, 'src') : given)
}
