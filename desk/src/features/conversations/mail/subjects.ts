// What stands before a subject, by its form: tags, a short word, how often, a colon. The server's rules (kit/subjects.py).
import words from './prefixes.json'

const INVISIBLE = '\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff'
const TAG = '(?:\\[[^\\[\\]]{1,60}\\]|\\([^()]{1,40}\\)|\\{[^{}]{1,40}\\}|\\*{2,5}[^*]{1,40}\\*{2,5})'
const COUNT = '(?:\\s?[(\\[]\\s?\\d{1,3}\\s?[)\\]]|[\\^*]\\d{1,3})'
const COLON = '\\s{0,2}[:：]'

// The words hold letters and spaces only.
const anyOf = (list: readonly string[]): string => [...list].sort((a, b) => b.length - a.length).join('|')

const PREFIX = new RegExp(
  `^[\\s${INVISIBLE}]*((?:${TAG}\\s*){0,4})[\\s${INVISIBLE}]*` +
    `(?:(${anyOf(words.forward)})\\.?${COUNT}?${COLON}` +
    `|(?:${anyOf(words.reply)})\\.?${COUNT}?${COLON}` +
    `|\\p{L}{1,3}\\s?[(\\[]\\d{1,3}[)\\]]${COLON})[\\s${INVISIBLE}]*`,
  'iu',
)
const OUR_NUMBER = /^\s*\[#\d+\]\s*/
const WARNED = 'ext(?:ern[\\p{L}\\d_]{0,4})?|estern[\\p{L}\\d_]|correo externo|spam\\??|bulk|caution|virus[- ]free'
const GATEWAY = new RegExp(
  `^\\s*(?:[[({]|\\*{2,5})\\s?(?:${WARNED})(?![\\p{L}\\d_])[^[\\](){}*]{0,30}(?:[\\])}]|\\*{2,5})\\s*`,
  'iu',
)
const MOST = 2000

const oneLine = (subject: string): string => subject.split(/\s+/).join(' ').trim().slice(0, MOST)

/** Without `Re:` and its like; what was passed on keeps saying so, and a list or another desk its tag. */
export function withoutReplyPrefix(subject: string): string {
  let text = oneLine(subject)
  const tags = new Set<string>()
  for (let match = PREFIX.exec(text); match && !match[2]; match = PREFIX.exec(text)) {
    for (const tag of (match[1] ?? '').matchAll(new RegExp(TAG, 'gu'))) if (!GATEWAY.test(tag[0])) tags.add(tag[0])
    text = text.slice(match[0].length)
  }
  return [...tags, text.trim()].join(' ').trim()
}

/** Without `Re:`, `Fwd:`, our number and the tags before them. */
export function withoutPrefixes(subject: string): string {
  let text = oneLine(subject)
  for (
    let match = PREFIX.exec(text) ?? OUR_NUMBER.exec(text);
    match;
    match = PREFIX.exec(text) ?? OUR_NUMBER.exec(text)
  )
    text = text.slice(match[0].length)
  return text.trim()
}

/** The subject our answer gets when no one changes it; empty where the server makes one up. */
export function replySubject(subject: string, isFirst: boolean): string {
  const bare = withoutReplyPrefix(subject)
  return bare && !isFirst ? `Re: ${bare}` : bare
}

export const forwardSubject = (subject: string): string => `Fwd: ${withoutPrefixes(subject)}`.trim()
