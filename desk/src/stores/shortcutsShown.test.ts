// The sheet behind `?` tells the truth: what is heard stands in it, and what stands in it is heard.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { keysOf, SHORTCUTS } from './shortcuts'

const ROOT = join(process.cwd(), 'src')
/** Arrows go where J and K go; Enter opens what is chosen; Esc closes by layers. All other keys have a line of their own. */
const UNDERSTOOD = new Set(['ArrowDown', 'ArrowUp', 'Enter', 'Escape'])
/** Heard by the window and the layers. */
const ELSEWHERE = new Set(['Ctrl + K', 'Esc'])
/** The composer hears its keys by their names (`keysOf`), but this one: Enter alone may send, too. */
const SENDS = 'Ctrl ↵'

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
  const isOfField = (keys: string) => keys.startsWith('Ctrl ') && !ELSEWHERE.has(keys)
  const shown = Object.values<string>(SHORTCUTS).filter((keys) => !ELSEWHERE.has(keys) && !isOfField(keys))
  expect([...heard].sort()).toEqual(shown.map(asHeard).sort())
})

test('Z-21: the sheet shows each key that the composer hears, and no other', () => {
  const composer = join(ROOT, 'features/conversations/composer')
  const written = ['MessageComposer.vue', 'useComposer.ts'].map((name) => readFileSync(join(composer, name), 'utf8'))
  const heard = [...written.join('').matchAll(/(?:keys|keysOf\(event\)) === SHORTCUTS\.(\w+)/g)].map((one) => one[1])
  const shown = Object.entries<string>(SHORTCUTS)
    .filter(([, keys]) => keys.startsWith('Ctrl ') && !ELSEWHERE.has(keys) && keys !== SENDS)
    .map(([name]) => name)
  expect(heard.sort()).toEqual(shown.sort())
})

test('R-06: a key with Ctrl or ⌘ is named as the sheet writes it', () => {
  const press = (key: string, more: KeyboardEventInit) => keysOf(new KeyboardEvent('keydown', { key, ...more }))
  expect(press('b', { ctrlKey: true })).toBe(SHORTCUTS.bold)
  expect(press('i', { metaKey: true })).toBe(SHORTCUTS.italic)
  expect(press('E', { ctrlKey: true, shiftKey: true })).toBe(SHORTCUTS.send_resolve)
  expect(press('Enter', { ctrlKey: true, shiftKey: true })).toBe(SHORTCUTS.send_later)
  expect(press('b', {})).toBe('')
})
