/** The little Markdown that people write in chats, as vnodes: nothing a message says can become markup. */
import type { ComponentChildren, VNode } from 'preact'

const SAFE_LINK = /^(https?:|mailto:|tel:)/i
const TRAILING = /[.,;:!?)\]}»'"]/
const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
const WORD = /[\p{L}\p{N}_]/u
// \sign | code | [text](link) | **bold** | __bold__ | *italic* | _italic_ | ~~struck~~ | bare link. What a mark spans is bounded,
// so that a hostile text of opening marks is not searched to its end from each of them. No look-behind: a browser that
// does not know it (Safari before 16.4) could not read the whole script.
const INLINE =
  /\\([!-/:-@[-`{-~])|`([^`\n]{1,999})`|\[((?:\\.|[^\]\n\\]){1,500})\]\(((?:[^\s()]|\([^\s()]{0,500}\)){1,2000})\)|\*\*(?=\S)((?:\\.|[^\n\\]){1,999}?)\*\*|__(?=\S)((?:\\.|[^\n\\]){1,999}?)__|\*(?=\S)((?:\\.|[^*\n\\]){1,999})\*|_(?=\S)((?:\\.|[^_\n\\]){1,999})_(?!\w)|~~((?:\\.|[^~\n\\]){1,999})~~|(https?:\/\/[^\s<>]+)/g

function anchor(href: string, children: ComponentChildren): ComponentChildren {
  return SAFE_LINK.test(href) ? (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ) : (
    children
  )
}

/** Links alone, for what the visitor wrote: it stands as it was typed. */
export function linked(text: string): ComponentChildren[] {
  return text.split(/(https?:\/\/[^\s<>]+)/).map((part, at) => (at % 2 ? bare(part) : part))
}

/** Signs that end a sentence are not the link's; a bracket is when it closes one inside the link. */
function bare(link: string): ComponentChildren {
  const open = new Map<string, number>()
  for (const [closing, opening] of Object.entries(OPENING)) {
    open.set(closing, link.split(closing).length - link.split(opening).length)
  }
  let end = link.length
  for (; end; end--) {
    const sign = link[end - 1]!
    const surplus = open.get(sign)
    if (!TRAILING.test(sign) || (surplus !== undefined && surplus <= 0)) break
    if (surplus !== undefined) open.set(sign, surplus - 1)
  }
  const href = link.slice(0, end)
  return [anchor(href, href), link.slice(end)]
}

export function inline(text: string): ComponentChildren[] {
  const pieces: ComponentChildren[] = []
  let end = 0
  const marks = new RegExp(INLINE)
  for (let found: RegExpExecArray | null; (found = marks.exec(text));) {
    if (isPartOfWord(text, found)) {
      marks.lastIndex = found.index + 1
      continue
    }
    pieces.push(text.slice(end, found.index), marked(found))
    end = marks.lastIndex
  }
  return [...pieces, text.slice(end)].filter((piece) => piece !== '')
}

/** `snake_case_name` and `10*20*30`: signs, not marks. */
function isPartOfWord(text: string, { index, 0: all }: RegExpExecArray): boolean {
  const before = text[index - 1] ?? ''
  if (all.startsWith('_')) return WORD.test(before)
  return all[0] === '*' && /\d/.test(before) && /^\*+\d/.test(all)
}

function marked([
  all,
  sign,
  code,
  label,
  href,
  bold,
  bold2,
  italic,
  italic2,
  struck,
  link,
]: RegExpExecArray): ComponentChildren {
  if (sign) return sign
  if (code) return <code>{code}</code>
  if (label && href) return anchor(href, inline(label))
  if (bold ?? bold2) return <strong>{inline((bold ?? bold2)!)}</strong>
  if (italic ?? italic2) return <em>{inline((italic ?? italic2)!)}</em>
  if (struck) return <s>{inline(struck)}</s>
  return link ? bare(link) : all
}

const ITEM = /^\s*(?:([-*+])|(\d{1,3})[.)])\s+(.*)$/

/** Paragraphs, lists, quotes and fenced code. Single line ends stay line ends. */
export function markdown(source: string): VNode[] {
  const blocks: VNode[] = []
  const lines = source.replace(/\r\n?/g, '\n').split('\n')
  let paragraph: string[] = []
  const flush = (): void => {
    if (paragraph.length) blocks.push(<p>{inline(paragraph.join('\n'))}</p>)
    paragraph = []
  }
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    const item = ITEM.exec(line)
    if (line.startsWith('```')) {
      flush()
      const end = lines.indexOf('```', at + 1)
      const last = end < 0 ? lines.length : end
      blocks.push(<pre>{lines.slice(at + 1, last).join('\n')}</pre>)
      at = last
    } else if (item) {
      flush()
      const isOrdered = item[2] !== undefined
      const items: string[] = []
      for (
        let next: RegExpExecArray | null;
        at < lines.length && (next = ITEM.exec(lines[at]!)) && (next[2] !== undefined) === isOrdered;
        at++
      ) {
        items.push(next[3]!)
      }
      at--
      const rows = items.map((text) => <li>{inline(text)}</li>)
      blocks.push(isOrdered ? <ol start={Number(item[2])}>{rows}</ol> : <ul>{rows}</ul>)
    } else if (/^>\s?/.test(line)) {
      flush()
      const quoted: string[] = []
      for (; at < lines.length && /^>\s?/.test(lines[at]!); at++) quoted.push(lines[at]!.replace(/^>\s?/, ''))
      at--
      blocks.push(<blockquote>{inline(quoted.join('\n'))}</blockquote>)
    } else if (!line.trim()) flush()
    else paragraph.push(line.replace(/^#{1,6}\s+(.*)$/, '**$1**'))
  }
  flush()
  return blocks
}
