// What is typed in the rich field is kept as Markdown and read again: nothing may change on the way.
import type { Mark, Node } from 'prosemirror-model'
import { describe, expect, it } from 'vitest'

import { readDocument } from './reading'
import { schema } from './schema'
import { writeDocument } from './writing'

const { nodes, marks } = schema

/** The same numbers for the same seed. */
function dice(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return Math.floor((state / 4294967296) * count)
  }
}
const WORDS = [
  ...[
    'hola',
    'Camila',
    'ñandú',
    '50 %',
    '10*20*30',
    'snake_case_name',
    '*',
    '_',
    '__',
    '**',
    '#',
    '##',
    '#1',
    '-',
    '+',
  ],
  ...[
    '>',
    '1.',
    '2)',
    '~~',
    '~',
    '`',
    '``',
    '[',
    ']',
    '[x]',
    '[[x]]',
    '[a](b)',
    '![a](b)',
    '<b>',
    '<https://a.cl>',
    '&amp;',
  ],
  ...[
    '&',
    '\\',
    '\\*',
    'C:\\dir',
    '***',
    '---',
    '===',
    '|',
    '| a |',
    '|---|',
    ':--',
    '!',
    '"q"',
    '(a)',
    '_x_',
    '*y*',
    '**z**',
  ],
  ...[
    'https://a.cl/_next/b_c_?_ga=1',
    'https://a.cl/a*b*c',
    'ana@a.cl',
    '😀',
    '日本',
    'مرحبا',
    '`x`',
    '{',
    '}',
    '$5_',
    '@ana',
  ],
]

function generator(seed: number, atWords: boolean) {
  const roll = dice(seed)
  const pick = <T>(all: readonly T[]): T => all[roll(all.length)]!
  const some = <T>(least: number, most: number, make: () => T): T[] =>
    Array.from({ length: least + roll(most - least + 1) }, make)
  function markSet(): readonly Mark[] {
    if (roll(3)) return []
    if (!roll(6)) return [marks.code.create()]
    const all = [marks.strong.create(), marks.em.create(), marks.strike.create()].filter(() => !roll(2))
    if (!roll(5))
      all.push(marks.link.create({ href: pick(['https://a.cl/x_y', 'mailto:a@b.cl', 'https://a.cl/?q=%28']) }))
    return all.reduce((set: readonly Mark[], mark) => mark.addToSet(set), [])
  }
  function piece(): Node[] {
    const kind = roll(14)
    if (kind === 0) return [nodes.gap.create({ name: 'día de llegada' })]
    if (kind === 1)
      return [nodes.variable.create({ raw: pick(['{{contact.name}}', '{{ a_b | default: "*x*" }}', '{% if a_b %}']) })]
    if (kind === 2) return [nodes.mention.create({ name: 'Ana Ñ', href: 'mention://user/3/Ana%20%C3%91' })]
    const set = markSet()
    const said = atWords && set.length ? 'palabra' : pick(WORDS)
    return [schema.text(said, set)]
  }
  function line(): Node[] {
    return some(1, 6, piece).flatMap((one, at) => (at && (atWords || roll(2)) ? [schema.text(' '), ...one] : one))
  }
  const paragraph = (): Node =>
    nodes.paragraph.create(
      null,
      some(1, 3, line).flatMap((one, at) => (at ? [nodes.hard_break.create(), ...one] : one)),
    )
  function list(depth: number, isNested = false): Node {
    const item = (): Node =>
      nodes.list_item.create(null, [paragraph(), ...(depth && !roll(3) ? [list(depth - 1, true)] : [])])
    return roll(2)
      ? nodes.bullet_list.create(null, some(1, 3, item))
      : nodes.ordered_list.create({ start: isNested ? 1 : 1 + roll(3) }, some(1, 3, item))
  }
  function block(): Node {
    const kind = roll(6)
    if (kind === 0) return list(2)
    if (kind === 1)
      return nodes.blockquote.create(
        null,
        some(1, 2, () => (roll(3) ? paragraph() : list(1))),
      )
    if (kind === 2)
      return nodes.code_block.create(null, schema.text(pick(['a *b*\n  c', '```\nx', '# t', '> q\n\n- x'])))
    return paragraph()
  }
  return nodes.doc.create(null, some(1, 4, block))
}

describe('Z-33 R-06 what is typed looks as it will arrive', () => {
  it('marks around words, chips, lists, quotes and literal signs come back as they were', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const doc = generator(seed, true)
      doc.check()
      const markdown = writeDocument(doc)
      expect(readDocument(markdown).toString(), markdown).toBe(doc.toString())
    }
  })

  it('whatever is marked, the text comes back, and writing it again changes nothing', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const doc = generator(seed * 7919, false)
      const markdown = writeDocument(doc)
      const again = readDocument(markdown)
      const text = (of: Node): string =>
        of.textBetween(0, of.content.size, '\n', (leaf) => leaf.type.spec.leafText?.(leaf) ?? '')
      expect(text(again).replace(/\s+/g, ' '), markdown).toBe(text(doc).replace(/\s+/g, ' ').trim())
      expect(writeDocument(again)).toBe(markdown)
    }
  })

  it('signs that people type stay signs', () => {
    const doc = (text: string): Node =>
      nodes.doc.create(
        null,
        text.split('\n').map((one) => nodes.paragraph.create(null, one ? schema.text(one) : null)),
      )
    const cases: [string, string][] = [
      ['# urgente', '\\# urgente'],
      ['#1 en ventas', '#1 en ventas'],
      ['*importante*', '\\*importante\\*'],
      ['2 * 3', '2 * 3'],
      ['- pan', '\\- pan'],
      ['1. uno', '1\\. uno'],
      ['> 5 kg', '\\> 5 kg'],
      ['[nota]', '\\[nota]'],
      ['mi_archivo_final.pdf', 'mi_archivo_final.pdf'],
      ['https://a.cl/_next/x_y', 'https://a.cl/_next/x_y'],
    ]
    for (const [typed, kept] of cases) expect(writeDocument(doc(typed))).toBe(kept)
  })

  it('Markdown that was typed in the plain field keeps what it says', () => {
    for (const text of [
      'Hola **Ana**,\n- uno\n- *dos*',
      '> cita\n\n1. a\n2. b',
      '`código` y ~~no~~',
      '[x](https://a.cl)',
    ]) {
      const markdown = writeDocument(readDocument(text))
      expect(writeDocument(readDocument(markdown))).toBe(markdown)
    }
    expect(writeDocument(readDocument('# Título\n\n| a |\n|---|'))).toBe('\\# Título\n\n| a |\n\\|---|')
  })
})
