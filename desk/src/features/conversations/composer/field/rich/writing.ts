// A document as Markdown: what is read again is the same document, and every channel draws it as it looked.
import { Fragment, type Mark, type Node } from 'prosemirror-model'

import { gapText } from '../gaps'
import { escaped, escapedLine } from './escaping'
import { joined, readInline } from './reading'
import { schema } from './schema'

const { nodes, marks } = schema

interface Manner {
  strictly: boolean
  em: '*' | '_' | ''
  bold: boolean
}
/** From the nicest to the safest: the first that is read again as what it was is taken. */
const MANNERS: Manner[] = [
  { strictly: false, em: '*', bold: true },
  { strictly: true, em: '*', bold: true },
  { strictly: true, em: '_', bold: true },
  { strictly: true, em: '', bold: true },
  { strictly: true, em: '', bold: false },
]

/** A document's Markdown; nothing for one that says nothing. */
export function writeDocument(doc: Node): string {
  return blocks(doc).trim()
}

function blocks(parent: Node): string {
  const written: string[] = []
  let before: Node | undefined
  let isOther = false
  parent.forEach((block) => {
    // Two lists in a row are told apart by their signs.
    isOther = before?.type === block.type && !isOther
    const text = blockText(block, isOther)
    if (!text) return
    written.push(text)
    before = block
  })
  return written.join('\n\n')
}

function blockText(block: Node, isOther: boolean, isNested = false): string {
  if (block.type === nodes.bullet_list) return list(block, () => (isOther ? '* ' : '- '))
  // Below a line of text only a list that begins with 1 is one.
  const first = isNested ? 1 : Number(block.attrs.start)
  if (block.type === nodes.ordered_list) return list(block, (index) => `${first + index}${isOther ? ')' : '.'} `)
  if (block.type === nodes.blockquote) return blocks(block).replace(/^/gm, '> ').replace(/ +$/gm, '')
  if (block.type === nodes.code_block) return fenced(block.textContent)
  return paragraph(block)
}

function fenced(code: string): string {
  if (!code.trim()) return ''
  const longest = Math.max(2, ...[...code.matchAll(/`{3,}/g)].map((found) => found[0].length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${code}\n${fence}`
}

function list(block: Node, sign: (index: number) => string): string {
  const items: string[] = []
  block.forEach((one) => {
    const mark = sign(items.length)
    const said: string[] = []
    let isOther = false
    let before: Node | undefined
    one.forEach((child) => {
      isOther = before?.type === child.type && !isOther
      // A list item is one run of lines: an empty line would end it.
      const text = blockText(child, isOther, true).replace(/\n{2,}/g, '\n')
      if (text) said.push(text)
      before = child
    })
    if (said.length) items.push(mark + said.join('\n').replace(/\n/g, `\n${' '.repeat(mark.length)}`))
  })
  return items.join('\n')
}

const kept = new WeakMap<Node, string>()

/** A paragraph is read again as soon as it is written: what does not come back is written in a safer manner. */
function paragraph(block: Node): string {
  const known = kept.get(block)
  if (known !== undefined) return known
  const lines = linesOf(block)
  const text = lines
    .map((line) => line && lineText(line))
    .join('\n')
    .replace(/\n{2,}/g, '\n\n')
    .trim()
  kept.set(block, text)
  return text
}

/** The inline content between line ends, without spaces at both ends. */
function linesOf(block: Node): Node[][] {
  const lines: Node[][] = [[]]
  block.forEach((child) => {
    if (child.type === nodes.hard_break) lines.push([])
    else lines.at(-1)!.push(child)
  })
  return lines.map((line) => trimmed(line))
}

function trimmed(line: Node[]): Node[] {
  const made = [...line]
  while (made[0]?.isText && !made[0].text!.trimStart()) made.shift()
  while (made.at(-1)?.isText && !made.at(-1)!.text!.trimEnd()) made.pop()
  const [first, last] = [made[0], made.at(-1)]
  if (first?.isText) made[0] = cut(first, first.text!.trimStart())
  if (last?.isText) made[made.length - 1] = cut(made.at(-1)!, made.at(-1)!.text!.trimEnd())
  return made
}
const cut = (node: Node, text: string): Node => (text === node.text ? node : schema.text(text, node.marks))

function lineText(line: readonly Node[]): string {
  if (!line.length) return ''
  let text = ''
  for (const manner of MANNERS) {
    const said = joined(spacesOutside(line).map((node) => without(node, manner)))
    text = escapedLine(marked(said, manner))
    if (isSame(readInline(text), said)) break
  }
  return text
}

const isSame = (one: readonly Node[], other: readonly Node[]): boolean =>
  Fragment.fromArray([...one]).eq(Fragment.fromArray([...other]))

function without(node: Node, { em, bold }: Manner): Node {
  const gone = [...(em ? [] : [marks.em, marks.strike]), ...(bold ? [] : [marks.strong])]
  return gone.length ? node.mark(node.marks.filter((mark) => !gone.some((type) => type === mark.type))) : node
}

/** A mark touches words, never spaces: `**so **` is none. Code keeps its own. */
function spacesOutside(line: readonly Node[]): Node[] {
  const made: Node[] = []
  for (const node of line) {
    const spaces = /^(\s*)([\s\S]*?)(\s*)$/.exec(node.text ?? '')
    if (!node.isText || !node.marks.length || marks.code.isInSet(node.marks) || !spaces) made.push(node)
    else {
      const [, before, words, after] = spaces
      if (before) made.push(schema.text(before, outerMarks(node, made.at(-1))))
      if (words) made.push(node.type.schema.text(words, node.marks))
      if (after) made.push(schema.text(after, words ? outerMarks(node, line[line.indexOf(node) + 1]) : []))
    }
  }
  return made
}
/** A space between two words of one mark is inside it. */
const outerMarks = (node: Node, beside: Node | undefined): readonly Mark[] =>
  node.marks.filter((mark) => beside && mark.isInSet(beside.marks))

const SIGNS: Record<string, (manner: Manner) => string> = {
  strong: () => '**',
  em: ({ em }) => em,
  strike: () => '~~',
}

function marked(line: readonly Node[], manner: Manner): string {
  const open: Mark[] = []
  let out = ''
  const close = (until: number): void => {
    while (open.length > until) {
      const mark = open.pop()!
      out += mark.type === marks.link ? `](${address(mark)})` : SIGNS[mark.type.name]!(manner)
    }
  }
  line.forEach((node, at) => {
    const wanted = ordered(line, at)
    let same = 0
    while (same < open.length && wanted.some((mark) => mark.eq(open[same]!))) same += 1
    close(same)
    for (const mark of wanted.filter((one) => !one.isInSet(open))) {
      if (mark.type === marks.link) out = out.replace(/!$/, '\\!') + '['
      else out += SIGNS[mark.type.name]!(manner)
      open.push(mark)
    }
    out += piece(node, line, at, manner)
  })
  close(0)
  return out
}

/** Marks that reach further stand outside; code is its text's own. */
function ordered(line: readonly Node[], at: number): Mark[] {
  const reach = (mark: Mark): number => {
    let end = at
    while (line[end] && mark.isInSet(line[end]!.marks)) end += 1
    return end
  }
  const wanted = line[at]!.marks.filter((mark) => mark.type !== marks.code)
  return [...wanted].sort(
    (a, b) => Number(b.type === marks.link) - Number(a.type === marks.link) || reach(b) - reach(a),
  )
}

function piece(node: Node, line: readonly Node[], at: number, { strictly }: Manner): string {
  if (node.type === nodes.mention) return `[@${escapedLabel(String(node.attrs.name))}](${String(node.attrs.href)})`
  if (node.type === nodes.gap) return gapText(String(node.attrs.name))
  if (node.type === nodes.variable) return String(node.attrs.raw)
  const text = node.text ?? ''
  if (marks.code.isInSet(node.marks)) return inCode(text)
  return escaped(text, {
    before: line[at - 1]?.textContent.at(-1) ?? '',
    // The next piece has other marks, so a sign of Markdown's may stand between.
    after: at + 1 < line.length || node.marks.length ? '*' : '',
    inLink: marks.link.isInSet(node.marks) !== undefined,
    strictly,
  })
}
const escapedLabel = (name: string): string => name.replace(/[[\]\\*_`~]/g, (one) => `\\${one}`)
const address = (mark: Mark): string =>
  String(mark.attrs.href).replace(/[\s()<>\\]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)

function inCode(text: string): string {
  const ticks = new Set([...text.matchAll(/`+/g)].map((found) => found[0].length))
  let count = 1
  while (ticks.has(count)) count += 1
  const fence = '`'.repeat(count)
  const pad = /^`|`$|^ .*[^ ].* $/.test(text) ? ' ' : ''
  return fence + pad + text + pad + fence
}
