// What is pasted from elsewhere, as this field can say it: words, marks, lists, quotes and links, and no looks.
import { Fragment, Slice, type Node } from 'prosemirror-model'

import { schema } from './schema'

const { nodes } = schema
const GONE =
  'script, style, meta, link, title, xml, head > *, img, svg, object, iframe, button, input, select, textarea'
const HIDDEN = /display:\s*none|mso-hide:\s*all/i
const BLOCK = 'p, div, ul, ol, li, table, blockquote, pre, h1, h2, h3, h4, h5, h6, section, article, hr'

/** HTML of Word, a mail program, a spreadsheet or a page, without what those keep beside the words. */
export function cleanHtml(html: string): string {
  if (html.includes('data-pm-slice')) return html
  const page = new DOMParser().parseFromString(html, 'text/html')
  const { body } = page
  dropComments(page, body)
  for (const one of page.querySelectorAll(GONE)) one.remove()
  for (const one of body.querySelectorAll<HTMLElement>('[style]'))
    if (HIDDEN.test(one.getAttribute('style')!)) one.remove()
  // The clipboard of Google Docs stands in a <b> that is not bold.
  for (const one of body.querySelectorAll('b[style*="font-weight:normal"], b[style*="font-weight: normal"]'))
    one.replaceWith(...one.childNodes)
  wordLists(page, body)
  for (const table of body.querySelectorAll('table'))
    if (!table.querySelector('table')) table.replaceWith(rows(page, table))
  for (const head of body.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const strong = page.createElement('strong')
    strong.append(...head.childNodes)
    const paragraph = page.createElement('p')
    paragraph.append(strong)
    head.replaceWith(paragraph)
  }
  lineBlocks(page, body)
  return body.innerHTML.replace(/&nbsp;|\u00a0/g, ' ').replace(/[\u200b\ufeff\u00ad]/g, '')
}

function dropComments(page: Document, body: HTMLElement): void {
  const walker = page.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const found: Comment[] = []
  while (walker.nextNode()) found.push(walker.currentNode as Comment)
  for (const one of found) one.remove()
}

/** Word writes lists as paragraphs with a sign in front. */
function wordLists(page: Document, body: HTMLElement): void {
  let open: { list: HTMLElement; level: number }[] = []
  let last: Element | null = null
  for (const paragraph of body.querySelectorAll<HTMLElement>('p[style*="mso-list"], p[class*="MsoListParagraph"]')) {
    const style = paragraph.getAttribute('style') ?? ''
    const sign = [...paragraph.querySelectorAll<HTMLElement>('span')].find((one) =>
      /mso-list:\s*ignore/i.test(one.getAttribute('style') ?? ''),
    )
    if (!sign) continue
    const level = Number(/level(\d+)/.exec(style)?.[1] ?? 1)
    const kind = /\d|^\s*[a-z][.)]/i.test(sign.textContent ?? '') ? 'ol' : 'ul'
    sign.remove()
    if (last === null || paragraph.previousElementSibling !== last) open = []
    while (open.length && open.at(-1)!.level > level) open.pop()
    if (!open.length || open.at(-1)!.level < level) {
      const list = page.createElement(kind)
      const above = open.at(-1)?.list.lastElementChild
      if (above) above.append(list)
      else paragraph.before(list)
      open.push({ list, level })
    }
    const item = page.createElement('li')
    item.append(...paragraph.childNodes)
    open.at(-1)!.list.append(item)
    paragraph.remove()
    last = open[0]!.list
  }
}

/** A table as lines, its cells side by side. */
function rows(page: Document, table: HTMLTableElement): HTMLElement {
  const paragraph = page.createElement('p')
  const lines = [...table.rows]
    .map((row) => [...row.cells].map((cell) => (cell.textContent ?? '').replace(/\s+/g, ' ').trim()))
    .map((cells) => cells.join(' | ').replace(/(?: \| )+$/, ''))
    .filter((line) => line.replace(/[|\s]/g, ''))
  lines.forEach((line, at) => paragraph.append(...(at ? [page.createElement('br')] : []), line))
  return paragraph
}

/** Mail programs write each line as a block: those in a row are lines of one paragraph, an empty one ends it. */
function lineBlocks(page: Document, parent: Element): void {
  let paragraph: HTMLElement | undefined
  for (const child of [...parent.children]) {
    const isLine = child.tagName === 'DIV' && !child.querySelector(BLOCK)
    if (child.tagName === 'DIV' && !isLine) lineBlocks(page, child)
    if (!isLine || !child.textContent?.trim()) {
      paragraph = undefined
      if (isLine) child.remove()
      continue
    }
    if (paragraph) paragraph.append(page.createElement('br'), ...child.childNodes)
    else {
      paragraph = page.createElement('p')
      paragraph.append(...child.childNodes)
      child.before(paragraph)
    }
    child.remove()
  }
}

/** Words without any look: empty lines part paragraphs. */
export function plainSlice(text: string): Slice {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .replace(/\u00a0/g, ' ')
    .replace(/^\n+|\n+$/g, '')
    .split(/\n{2,}/)
    .map((one) => nodes.paragraph.create(null, lines(one)))
  return Slice.maxOpen(Fragment.fromArray(paragraphs))
}
export const lines = (text: string): Node[] =>
  text
    .split('\n')
    .flatMap((line, at) => [...(at ? [nodes.hard_break.create()] : []), ...(line ? [schema.text(line)] : [])])
