// What a message can say: the words of the Markdown that every channel knows, and chips that are one thing each.
import { Schema, type MarkSpec, type NodeSpec } from 'prosemirror-model'

const chip = (className: string, attrs: string[], shown: (attrs: Record<string, unknown>) => string): NodeSpec => ({
  group: 'inline',
  inline: true,
  atom: true,
  selectable: false,
  attrs: Object.fromEntries(attrs.map((name) => [name, {}])),
  leafText: (node) => shown(node.attrs),
  toDOM: (node) => [
    'span',
    { class: className, ...Object.fromEntries(attrs.map((name) => [`data-${name}`, String(node.attrs[name])])) },
    shown(node.attrs),
  ],
  parseDOM: [
    {
      tag: `span.${className.split(' ')[0]}`,
      getAttrs: (dom) =>
        attrs.every((name) => dom.hasAttribute(`data-${name}`)) &&
        Object.fromEntries(attrs.map((name) => [name, dom.getAttribute(`data-${name}`)])),
    },
  ],
})

const nodes = {
  doc: { content: 'block+' },
  paragraph: {
    group: 'block',
    content: 'inline*',
    toDOM: () => ['p', { dir: 'auto' }, 0],
    parseDOM: [{ tag: 'p' }],
  },
  blockquote: {
    group: 'block',
    content: '(paragraph | bullet_list | ordered_list)+',
    defining: true,
    toDOM: () => ['blockquote', 0],
    parseDOM: [{ tag: 'blockquote' }],
  },
  bullet_list: {
    group: 'block list',
    content: 'list_item+',
    toDOM: () => ['ul', { dir: 'auto' }, 0],
    parseDOM: [{ tag: 'ul' }],
  },
  ordered_list: {
    group: 'block list',
    content: 'list_item+',
    attrs: { start: { default: 1 } },
    toDOM: (node) => ['ol', { dir: 'auto', start: node.attrs.start }, 0],
    parseDOM: [{ tag: 'ol', getAttrs: (dom) => ({ start: Number(dom.getAttribute('start')) || 1 }) }],
  },
  list_item: {
    content: 'paragraph list*',
    defining: true,
    toDOM: () => ['li', 0],
    parseDOM: [{ tag: 'li' }],
  },
  code_block: {
    group: 'block',
    content: 'text*',
    marks: '',
    code: true,
    defining: true,
    toDOM: () => ['pre', ['code', 0]],
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full' }],
  },
  text: { group: 'inline' },
  hard_break: {
    group: 'inline',
    inline: true,
    selectable: false,
    linebreakReplacement: true,
    leafText: () => '\n',
    toDOM: () => ['br'],
    parseDOM: [{ tag: 'br' }],
  },
  mention: chip('ment', ['name', 'href'], ({ name }) => `@${String(name)}`),
  gap: { ...chip('gap', ['name'], ({ name }) => String(name)), selectable: true },
  variable: chip('val1', ['raw'], ({ raw }) => String(raw)),
} satisfies Record<string, NodeSpec>

const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    toDOM: (mark) => ['a', { href: mark.attrs.href as string, title: mark.attrs.href as string }, 0],
    parseDOM: [
      {
        tag: 'a[href]',
        getAttrs: (dom) =>
          /^(?:https?:|mailto:|tel:)/i.test(dom.getAttribute('href') ?? '') && { href: dom.getAttribute('href') },
      },
    ],
  },
  strong: {
    toDOM: () => ['strong', 0],
    parseDOM: [
      { tag: 'strong' },
      { tag: 'b' },
      { style: 'font-weight=400', clearMark: (mark) => mark.type.name === 'strong' },
      { style: 'font-weight', getAttrs: (value) => /^(?:bold(?:er)?|[6-9]\d\d)$/.test(value) && null },
    ],
  },
  em: { toDOM: () => ['em', 0], parseDOM: [{ tag: 'em' }, { tag: 'i' }, { style: 'font-style=italic' }] },
  strike: {
    toDOM: () => ['s', 0],
    parseDOM: [{ tag: 's' }, { tag: 'del' }, { tag: 'strike' }, { style: 'text-decoration=line-through' }],
  },
  code: { code: true, excludes: 'strong em strike', toDOM: () => ['code', 0], parseDOM: [{ tag: 'code' }] },
} satisfies Record<string, MarkSpec>

export const schema = new Schema({ nodes, marks })
