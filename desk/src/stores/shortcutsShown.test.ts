// The sheet behind `?` tells the truth: what is heard stands in it, and what stands in it is heard.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { SHORTCUTS } from './shortcuts'

const ROOT = join(process.cwd(), 'src')
/** Arrows go where J and K go; Enter opens what is chosen; Esc closes by layers. All other keys have a line of their own. */
const UNDERSTOOD = new Set(['ArrowDown', 'ArrowUp', 'Enter', 'Escape'])
/** Heard by the window, the layers and the field. */
const ELSEWHERE = new Set(['Ctrl + K', 'Esc', 'Ctrl ↵'])

/** The keys of each keymap that is written in a file. */
function heardIn(source: string): string[] {
  return source
    .split('useShortcuts(')
    .slice(1)
    .flatMap((rest) => {
      const map = rest.slice(rest.indexOf('{') + 1)
      const keys: string[] = []
      let depth = 0
      let isQuoted = false
      for (let at = 0; at < map.length && depth >= 0; at++) {
        const sign = map[at]!
        if (!isQuoted && depth === 0 && (at === 0 || /[\s,{]/.test(map[at - 1]!))) {
          const key = /^(?:'([^']+)'|([A-Za-z]+)): /.exec(map.slice(at))
          if (key) keys.push(key[1] ?? key[2]!)
        }
        if (sign === "'") isQuoted = !isQuoted
        else if (!isQuoted && '({['.includes(sign)) depth += 1
        else if (!isQuoted && ')}]'.includes(sign)) depth -= 1
      }
      return keys
    })
}
const asHeard = (written: string): string =>
  written.startsWith('⇧ ') ? `Shift+${written.slice(2).toLowerCase()}` : written.toLowerCase()

test('Z-21: the sheet of shortcuts shows each key that is heard, and no other', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(vue|ts)$/.test(name) && !name.includes('.test.') && !name.endsWith('stores/shortcuts.ts'),
  )
  const heard = new Set(files.flatMap((name) => heardIn(readFileSync(join(ROOT, name), 'utf8'))))
  for (const key of UNDERSTOOD) heard.delete(key)
  const shown = Object.values<string>(SHORTCUTS).filter((keys) => !ELSEWHERE.has(keys))
  expect([...heard].sort()).toEqual(shown.map(asHeard).sort())
})
