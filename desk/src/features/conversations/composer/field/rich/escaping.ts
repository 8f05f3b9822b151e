// Signs that people type and that Markdown would read as marks, behind a backslash: they arrive as they were typed. Pure.

const PUNCTUATION = /[!-/:-@[-`{-~]/
const SPACE = /^\s?$/u
const WORD = /[\p{L}\p{N}]/u
const URL = /(?:https?:\/\/|www\.)[^\s<>]+/gi

/**
 * The text with what stands around it on its line ('' for nothing). Addresses stay whole unless `strictly`: a backslash in
 * one would end the link.
 */
export function escaped(
  text: string,
  around: { before: string; after: string; inLink: boolean; strictly: boolean },
): string {
  const spared = around.strictly
    ? []
    : [...text.matchAll(URL)].map((found) => [found.index, found.index + found[0].length])
  let out = ''
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!
    const before = text[at - 1] ?? around.before
    const after = text[at + 1] ?? around.after
    const isSpared = spared.some(([from, to]) => at >= from! && at < to!)
    out += !isSpared && mustEscape(sign, before, after, text.slice(at), around.inLink) ? `\\${sign}` : sign
  }
  return out
}

function mustEscape(sign: string, before: string, after: string, rest: string, inLink: boolean): boolean {
  switch (sign) {
    case '*':
      return !(before && SPACE.test(before) && after && SPACE.test(after))
    case '_':
      return !(WORD.test(before) && WORD.test(after)) && !(SPACE.test(before) && SPACE.test(after))
    case '`':
    case '~':
    case '[':
      return true
    case ']':
      return inLink
    case '\\':
      return !after || PUNCTUATION.test(after)
    case '<':
      return /[a-z/!?]/i.test(after)
    case '&':
      return /^&(?:#x?[\da-f]{1,7}|[a-z][\da-z]{1,31});/i.test(rest)
    default:
      return false
  }
}

/** What a line begins with and would make it a heading, a list, a quote, a rule or a table, escaped. */
export function escapedLine(line: string): string {
  return line
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^(#{1,6}|[-+])(?=\s|$)/, '\\$1')
    .replace(/^>/, '\\>')
    .replace(/^(?=(?:=+|-+)\s*$|[|:-][|:\s-]*-[|:\s-]*$)/, '\\')
}
