/**
 * The floor of browsers (docs/howto/website.md, "Browsers"), held against what was built: syntax, and names that are
 * younger than the floor. Run in a front end's folder; prints what is above it and exits with 1.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'

const { parse } = createRequire(join(process.cwd(), 'package.json'))('acorn')

// Not in Chrome 111, Firefox 128 and Safari 16.4 alike. Source: developer.mozilla.org, browser compatibility tables.
const YOUNGER = [
  ...['fromAsync', 'groupBy', 'withResolvers', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom', 'symmetricDifference'],
  ...['Temporal', 'DurationFormat', 'Float16Array', 'fromBase64', 'toBase64', 'fromHex', 'toHex', 'sumPrecise', 'isError'],
  ...['canParse', 'checkVisibility', 'showPopover', 'hidePopover', 'togglePopover', 'requestIdleCallback'],
  ...['startViewTransition', 'moveBefore', 'getHTML', 'setHTMLUnsafe', 'parseHTMLUnsafe', 'requestClose'],
  ...['CloseWatcher', 'documentPictureInPicture', 'EditContext', 'onscrollend', 'waitAsync'],
]
// What the loader and the plain form, which must run below the floor, may not use either.
const OLD = [
  ...['hasOwn', 'at', 'replaceAll', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'structuredClone'],
  ...['randomUUID', 'replaceChildren', 'Segmenter', 'WeakRef', 'AggregateError', 'locks', 'matchAll', 'allSettled'],
]
// Libraries that ask first whether the browser has it.
const ASKED = {
  requestIdleCallback: 'Vue waits by a timer where there is none',
  startViewTransition: 'vue-router, only on request',
  moveBefore: 'Preact inserts where there is none',
}
// The year of the language each file may be written in; the first that matches.
const YEARS = [
  [/^js\/plain\.js$/, 2017, [...YOUNGER, ...OLD]],
  [/^js\//, 2020, [...YOUNGER, ...OLD]],
  [/./, 2022, YOUNGER],
]
// A script with one of these in a literal is not read at all where it is unknown, and in a text it throws.
const LOOK_BEHIND = /\(\?<[=!]/

/** What of the source is above the floor, as sentences. */
export function above(source, { year, names }) {
  const found = new Set()
  const read = ({ type, value }) => {
    if (type.label === 'name' && names.includes(value) && !(value in ASKED)) found.add(value)
    const text = type.label === 'regexp' ? value.pattern : ['string', 'template'].includes(type.label) ? value : ''
    if (LOOK_BEHIND.test(text)) found.add(`look-behind in /${text.slice(0, 60)}/`)
  }
  try {
    parse(source, { ecmaVersion: year, sourceType: 'module', onToken: read })
  } catch (error) {
    found.add(`${error.message}: not of ${year}`)
  }
  return [...found]
}

function main(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name.endsWith('.js'))
    .map((one) => relative(folder, join(one.parentPath, one.name)))
  if (!files.length) throw Error(`nothing was built in ${folder}`)
  let bad = 0
  for (const file of files) {
    const [, year, names] = YEARS.find(([pattern]) => pattern.test(file))
    for (const what of above(readFileSync(join(folder, file), 'utf8'), { year, names })) {
      console.log(`${file}: ${what}`)
      bad += 1
    }
  }
  console.log(bad ? `${bad} above the floor of browsers` : `${files.length} files keep to the floor of browsers`)
  process.exitCode = bad ? 1 : 0
}

main(process.argv[2] ?? 'dist')
