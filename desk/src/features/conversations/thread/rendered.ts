// Markdown of messages as safe HTML. Apart from markdown.ts: it is the heaviest part of a thread, and lists do not need it.
import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

const parser = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable([
  'image',
  'table',
  'heading',
  'lheading',
  'hr',
])
/** `10*20*30`: stars between digits are signs, not marks. */
parser.inline.ruler.before('emphasis', 'between_digits', (state, silent) => {
  const stars = /^\*+(?=\d)/.exec(state.src.slice(state.pos, state.posMax))?.[0]
  if (!stars || !/\d/.test(state.src[state.pos - 1] ?? '')) return false
  if (!silent) state.pending += stars
  state.pos += stars.length
  return true
})
/** Each block runs the way of its own words, whatever way the screen runs. */
for (const block of ['paragraph', 'bullet_list', 'ordered_list', 'blockquote'])
  parser.renderer.rules[`${block}_open`] = (tokens, index, options, _env, self) => {
    tokens[index]?.attrSet('dir', 'auto')
    return self.renderToken(tokens, index, options)
  }
const isMention = (href: unknown): boolean => typeof href === 'string' && href.startsWith('mention://')
const isOurLink = parser.validateLink
parser.validateLink = (url) => url.startsWith('mention://') || isOurLink(url)
parser.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const token = tokens[index]
  if (isMention(token?.attrGet('href'))) return '<span class="ment">'
  token?.attrSet('target', '_blank')
  token?.attrSet('rel', 'noopener noreferrer nofollow')
  return self.renderToken(tokens, index, options)
}
parser.renderer.rules.link_close = (tokens, index, options, _env, self) => {
  const opening = tokens.slice(0, index).findLast((token) => token.type === 'link_open')
  return isMention(opening?.attrGet('href')) ? '</span>' : self.renderToken(tokens, index, options)
}

const ALLOWED = {
  ALLOWED_TAGS: ['p', 'br', 'strong', 'em', 's', 'a', 'ul', 'ol', 'li', 'code', 'pre', 'blockquote', 'span'],
  ALLOWED_ATTR: ['href', 'target', 'rel', 'class', 'start', 'dir'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:)/i,
  // The rule above is for addresses; without this it takes every other attribute, whose value is none.
  ADD_URI_SAFE_ATTR: ['target', 'rel', 'start', 'dir'],
}

// Whoever goes back and forth between conversations sees the same messages again; reading and cleaning them costs most of a
// bubble.
const KEPT = 1000
const LONGEST_KEPT = 10_000
const rendered = new Map<string, string>()

export function renderMarkdown(text: string): string {
  const known = rendered.get(text)
  if (known !== undefined) return known
  const html = DOMPurify.sanitize(parser.render(text), ALLOWED)
  if (text.length > LONGEST_KEPT) return html
  if (rendered.size >= KEPT) rendered.delete(rendered.keys().next().value as string)
  rendered.set(text, html)
  return html
}
