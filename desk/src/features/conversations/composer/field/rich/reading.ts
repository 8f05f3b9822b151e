// Markdown as a document. What the thread would not draw as a mark (headings, tables, pictures) is text as it stands.
import MarkdownIt, { type StateInline, type Token } from 'markdown-it'
import { Fragment, type Mark, type Node } from 'prosemirror-model'

import { schema } from './schema'

const { nodes, marks } = schema
const parser = new MarkdownIt({ html: false, linkify: false, breaks: true }).disable([
  ...['image', 'table', 'heading', 'lheading', 'hr', 'reference', 'code', 'autolink'],
])
/** An address stands as it was given: encoding it anew would change the text by reading it. */
parser.normalizeLink = (url) => url
parser.validateLink = (url) => /^(?:https?:|mailto:|tel:|mention:\/\/)/i.test(url)

const GAP = /\[\[([^[\]\n]{1,60})\]\]/y
const LIQUID = /\{\{[^{}\n]{1,200}\}\}|\{%[^%\n]{1,200}%\}/y
function whole(
  name: string,
  pattern: RegExp,
  begins: string,
  take: (found: RegExpExecArray) => Record<string, unknown>,
): void {
  parser.inline.ruler.before('link', name, (state: StateInline, silent: boolean) => {
    if (!state.src.startsWith(begins, state.pos)) return false
    pattern.lastIndex = state.pos
    const found = pattern.exec(state.src)
    if (!found || pattern.lastIndex > state.posMax) return false
    if (!silent) state.push(name, '', 0).meta = take(found)
    state.pos = pattern.lastIndex
    return true
  })
}
whole('gap', GAP, '[[', (found) => ({ name: found[1] }))
whole('variable', LIQUID, '{', (found) => ({ raw: found[0] }))
parser.inline.ruler.before('emphasis', 'between_digits', (state, silent) => {
  const stars = /^\*+(?=\d)/.exec(state.src.slice(state.pos, state.posMax))?.[0]
  if (!stars || !/\d/.test(state.src[state.pos - 1] ?? '')) return false
  if (!silent) state.pending += stars
  state.pos += stars.length
  return true
})

const MARKS: Record<string, (token: Token) => Mark> = {
  strong: () => marks.strong.create(),
  em: () => marks.em.create(),
  s: () => marks.strike.create(),
  link: (token) => marks.link.create({ href: token.attrGet('href') }),
}

/** The inline content of Markdown that is one paragraph. */
export function readInline(markdown: string): Node[] {
  return inlineOf(parser.parseInline(markdown, {})[0]?.children ?? [])
}

function inlineOf(tokens: readonly Token[]): Node[] {
  const made: Node[] = []
  const open: Mark[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]!
    const set = open.reduce((all: readonly Mark[], mark) => mark.addToSet(all), [])
    const [, name, side] = /^(strong|em|s|link)_(open|close)$/.exec(token.type) ?? []
    const href = token.type === 'link_open' ? String(token.attrGet('href') ?? '') : ''
    if (href.startsWith('mention://')) {
      const end = tokens.findIndex((one, index) => index > at && one.type === 'link_close')
      const said = tokens.slice(at + 1, end).map((one) => one.content)
      made.push(nodes.mention.create({ name: said.join('').replace(/^@/, ''), href }))
      at = end
    } else if (side === 'open') open.push(MARKS[name!]!(token))
    else if (side === 'close') open.pop()
    else if (token.type === 'gap' || token.type === 'variable')
      made.push(nodes[token.type].create(token.meta, null, set))
    else if (token.type === 'softbreak' || token.type === 'hardbreak') made.push(nodes.hard_break.create())
    else if (token.type === 'code_inline') made.push(schema.text(token.content, marks.code.create().addToSet(set)))
    else if (token.content) made.push(schema.text(token.content, set))
  }
  return joined(made)
}

/** Neighbours of the same marks are one. */
export function joined(pieces: Node[]): Node[] {
  const all = Fragment.fromArray(pieces)
  return Array.from({ length: all.childCount }, (_none, index) => all.child(index))
}

/** The whole of a text. */
export function readDocument(markdown: string): Node {
  const blocks = new Blocks(parser.parse(markdown, {})).until('')
  return nodes.doc.create(null, blocks.length ? blocks : [nodes.paragraph.create()])
}

/** Walks the tokens of blocks once. */
class Blocks {
  private at = 0
  constructor(private readonly tokens: readonly Token[]) {}

  until(end: string): Node[] {
    const made: Node[] = []
    for (; this.at < this.tokens.length; this.at += 1) {
      const token = this.tokens[this.at]!
      if (token.type === end) return made
      if (token.type === 'inline') made.push(nodes.paragraph.create(null, inlineOf(token.children ?? [])))
      else if (token.type === 'fence')
        made.push(nodes.code_block.create(null, token.content ? schema.text(token.content.replace(/\n$/, '')) : null))
      else if (/^(?:bullet_list|ordered_list|list_item|blockquote)_open$/.test(token.type))
        made.push(...this.inside(token))
    }
    return made
  }

  private inside(token: Token): Node[] {
    this.at += 1
    const kind = token.type.replace('_open', '')
    const content = this.until(`${kind}_close`)
    if (kind === 'list_item') return [item(content)]
    if (kind === 'blockquote') return quote(content)
    if (kind === 'bullet_list') return [nodes.bullet_list.create(null, content)]
    return [nodes.ordered_list.create({ start: Number(token.attrGet('start') ?? 1) }, content)]
  }
}

/** Its paragraphs are lines of one; what else stands in it, but lists, is no more than its text. */
function item(content: readonly Node[]): Node {
  const lines: Node[] = []
  const lists: Node[] = []
  for (const block of content) {
    if (block.type.isInGroup('list')) lists.push(block)
    else
      for (const line of paragraphsOf(block)) lines.push(...(lines.length ? [nodes.hard_break.create()] : []), ...line)
  }
  return nodes.list_item.create(null, [nodes.paragraph.create(null, lines), ...lists])
}

function quote(content: readonly Node[]): Node[] {
  const flat = content.flatMap((block) =>
    block.type === nodes.paragraph || block.type.isInGroup('list')
      ? [block]
      : paragraphsOf(block).map((line) => nodes.paragraph.create(null, line)),
  )
  return flat.length ? [nodes.blockquote.create(null, flat)] : []
}

/** The inline content of each line that is text, of whatever block. */
export function paragraphsOf(block: Node): Node[][] {
  if (block.type === nodes.code_block)
    return block.textContent.split('\n').map((line) => (line ? [schema.text(line)] : []))
  if (block.isTextblock) return [Array.from({ length: block.childCount }, (_none, at) => block.child(at))]
  const found: Node[][] = []
  block.forEach((child) => found.push(...paragraphsOf(child)))
  return found
}
