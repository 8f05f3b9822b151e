// What fingers need, held where it is written: the styles of every component beside what its template wears.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { parse as parseFile } from '@vue/compiler-sfc'
import { expect, test } from 'vitest'

import { elements, type Tag } from '@/testing/templates'

const FINGER_PX = 44
const ROOT = join(process.cwd(), 'src')
const names = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
const files = names
  .filter((name) => name.endsWith('.vue'))
  .map((name) => {
    const { descriptor } = parseFile(readFileSync(join(ROOT, name), 'utf8'))
    const tags = descriptor.template?.ast ? elements(descriptor.template.ast) : []
    return { name, tags, rules: descriptor.styles.flatMap((one) => rulesOf(one.content)) }
  })
const shared = names
  .filter((name) => name.endsWith('.css'))
  .flatMap((name) => rulesOf(readFileSync(join(ROOT, name), 'utf8')))
const everyRule = [...shared, ...files.flatMap((one) => one.rules)]
const onTouch = everyRule.filter((rule) => rule.media.includes('pointer: coarse'))

test('Z-21: every field is 16 px on touch, whatever the style of a component says', () => {
  const large = onTouch.filter((rule) => rule.said['font-size'] === '16px !important').flatMap((rule) => rule.selectors)
  const fields = files.flatMap(({ name, tags }) =>
    tags.filter((one) => isField(one)).map((one) => ({ name, one, kind: kindOf(one) })),
  )
  expect(fields.length).toBeGreaterThan(20)
  expect(fields.filter(({ kind }) => !large.includes(kind)).map(({ name, one }) => `${name}:${one.line}`)).toEqual([])
  // Nothing else may call itself important, in a style or at an element.
  const others = everyRule.filter((rule) =>
    Object.entries(rule.said).some(([name, value]) => /^font(-size)?$/.test(name) && value.includes('!important')),
  )
  expect(others.flatMap((rule) => rule.selectors)).toEqual(large)
  expect(fields.filter(({ one }) => /font.*!important/.test(one.attributes.style ?? ''))).toEqual([])
})

test('Z-21: every height of a control is 44 px or more on touch', () => {
  const heights = Object.assign({}, ...onTouch.map((rule) => rule.said)) as Record<string, string>
  for (const token of ['--h-sm', '--h-md', '--h-lg'])
    expect(parseInt(heights[token]!)).toBeGreaterThanOrEqual(FINGER_PX)
  const small = onTouch.flatMap((rule) =>
    Object.entries(rule.said).filter(([name, value]) => /^(min-)?(height|width)$/.test(name) && isSmall(value)),
  )
  expect(small).toEqual([])
})

test('Z-21: no component makes what is pressed lower than a finger', () => {
  const bad = files.flatMap(({ name, tags, rules }) => {
    const pressed = new Set(
      tags.filter(isPressed).flatMap((one) => (one.attributes.class ?? '').split(/\s+/).filter(Boolean)),
    )
    return rules
      .filter((rule) => Object.entries(rule.said).some(([what, how]) => /^(min-)?height$/.test(what) && isSmall(how)))
      .flatMap((rule) => rule.selectors)
      .filter((selector) => (selector.split(/[\s>+~]+/).at(-1) ?? '').split(/[.:]/).some((one) => pressed.has(one)))
      .map((selector) => `${name}: ${selector}`)
  })
  expect(bad).toEqual([])
})

interface Rule {
  selectors: string[]
  said: Record<string, string>
  media: string
}

/** The rules of a style with the conditions they stand under. Ours nest no deeper than that. */
function rulesOf(css: string, media = ''): Rule[] {
  const found: Rule[] = []
  for (const [, head = '', body = ''] of css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .matchAll(/([^{};]+)\{((?:[^{}]|\{[^{}]*\})*)\}/g)) {
    if (head.trim().startsWith('@')) found.push(...rulesOf(body, head.trim()))
    else
      found.push({
        media,
        selectors: head.split(/,(?![^(]*\))/).map((one) => one.trim()),
        said: Object.fromEntries(
          body
            .split(';')
            .map((one) => one.split(/:(.*)/s).map((part) => part.trim()))
            .filter(([name]) => name)
            .map(([name, value]) => [name, value ?? '']),
        ),
      })
  }
  return found
}

function kindOf(one: Tag): string {
  return 'contenteditable' in one.attributes ? '[contenteditable]' : one.tag
}
function isField(one: Tag): boolean {
  return ['input', 'textarea', 'select'].includes(one.tag) || 'contenteditable' in one.attributes
}
function isPressed(one: Tag): boolean {
  return one.tag === 'button' || (isField(one) && !/^(hidden|checkbox|radio|file)$/.test(one.attributes.type ?? 'text'))
}
function isSmall(value: string): boolean {
  return /^\d+px$/.test(value) && parseInt(value) > 0 && parseInt(value) < FINGER_PX
}
