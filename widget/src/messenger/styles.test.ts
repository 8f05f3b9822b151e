import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const FOLDER = join(import.meta.dirname, 'styles')
/** What comes with some system or browser; the chat brings no face of its own (it would outweigh all the rest). */
const OF_SYSTEMS = [
  ...['system-ui', 'ui-monospace', 'monospace', 'sans-serif', 'serif', 'inherit'],
  ...['Segoe UI', 'Iowan Old Style', 'Georgia', 'Liberation Serif'],
]

test.each(readdirSync(FOLDER))('%s names no face that nobody has', (name) => {
  const css = readFileSync(join(FOLDER, name), 'utf8')
  expect(css).not.toContain('@font-face')
  for (const [, value] of css.matchAll(/\bfont(?:-family)?:\s*([^;]+);/g)) {
    // Weight and size stand before the first family: "500 27px/1.2 Georgia".
    const families = value!.replace(/^[\d\s.]+(?:px)?(?:\/[\d.]+(?:px)?)?\s+/, '').split(',')
    for (const family of families) expect(OF_SYSTEMS).toContain(family.trim().replace(/['"]/g, ''))
  }
})
