// What the desk needs to know of a mail, and its HTML as a page that can do nothing.
import DOMPurify from 'dompurify'
import { reactive } from 'vue'

import type { Attachment, Id, Message } from '@/api/models'
import { fullSpan, fullTime, wholeDay } from '@/ui/time'

export interface MailParts {
  from: string[]
  replyTo: string[]
  to: string[]
  cc: string[]
  date: string
  text: string
  subject: string
  html: string
  history: string
  signature: string
  footer: string
  /** What is longer than what is kept of it here (reply, history, signature, html): its end stands in the source alone. */
  cut: string[]
  /** What wrote it where no program may answer: answer, bounce, list, program, no_reply; empty for a person. */
  automatic: string
  /** SPF, DKIM or DMARC that did not hold, as the receiving server says. */
  failed: string[]
  /** Who sent it, where that is not who it says has written it: a list, a form, or whoever calls themselves one. */
  via: string
  /** Files that only the source holds. */
  leftOut: LeftOut[]
  calendar: CalendarCard[]
  /** Pictures that the HTML shows: the text names them. */
  inline: InlinePicture[]
}

export interface LeftOut {
  filename: string
  size: number
  reason: string
}
export interface InlinePicture {
  id: Id
  filename: string
  data_url: string
  thumb_url: string
}
export interface CalendarCard {
  method: string
  summary: string
  starts_at: string
  ends_at: string
  location: string
  organizer: string
  organizer_name: string
  is_cancelled: boolean
  repeats: boolean
  answer: string
  attendee: string
  /** What a later message says of it: cancelled or updated. */
  state: string
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** The mail of an incoming message; undefined for messages of other channels. */
export function mailOf(message: Message): MailParts | undefined {
  // One of ours keeps there who did not get it.
  if (message.message_type !== 0) return undefined
  const email = message.content_attributes.email
  if (!email || typeof email !== 'object' || Array.isArray(email)) return undefined
  const html = email.html_content
  const text = email.text_content
  const checks = email.authentication
  const inline = records<InlinePicture>(email.inline_images)
  return {
    from: list(email.from),
    replyTo: list(email.reply_to),
    to: list(email.to),
    cc: list(email.cc),
    date: String(email.date ?? ''),
    text: text && typeof text === 'object' && !Array.isArray(text) ? String(text.full ?? '') : '',
    subject: String(email.subject ?? ''),
    html:
      html && typeof html === 'object' && !Array.isArray(html)
        ? ownPictures(bearable(String(html.full ?? '')), inline)
        : '',
    history: textOf(email.history),
    signature: textOf(email.signature),
    footer: textOf(email.footer),
    // Mails of before say only that something is missing.
    cut: Array.isArray(email.cut) ? list(email.cut) : email.truncated === true ? ['reply'] : [],
    automatic: message.content_attributes.automatic
      ? String(message.content_attributes.automatic_kind ?? 'program')
      : '',
    failed: checks && typeof checks === 'object' && !Array.isArray(checks) ? list(checks.failed) : [],
    via: textOf(email.via),
    leftOut: records<LeftOut>(email.left_out),
    calendar: records<CalendarCard>(message.content_attributes.calendar),
    inline,
  }
}

export interface FoldedPart {
  name: 'history' | 'signature' | 'footer'
  text: string
  cut: boolean
}

/** What stands around the writer's words and is folded, in the order in which mails have it. */
export function foldedParts(mail: MailParts): FoldedPart[] {
  return (['signature', 'footer', 'history'] as const)
    .map((name) => ({ name, text: mail[name], cut: mail.cut.includes(name) }))
    .filter((part) => part.text.trim() !== '')
}

/** Objects of this shape, by the word of the server that wrote them. */
function records<T extends object>(value: unknown): T[] {
  return Array.isArray(value)
    ? value.filter((one): one is T => !!one && typeof one === 'object' && !Array.isArray(one))
    : []
}

/** The path alone: the desk may be open under another name than the one in addresses that leave. */
function pathOf(address: string): string {
  try {
    const url = new URL(address, location.href)
    return url.pathname + url.search
  } catch {
    return address
  }
}

function ownPictures(html: string, inline: readonly InlinePicture[]): string {
  return inline.reduce((text, one) => text.replaceAll(one.data_url, pathOf(one.data_url)), html)
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

/** The rendered text of a mail with its pictures where it names them (`[image: name]`), each once. */
export function withPictures(html: string, inline: readonly InlinePicture[]): string {
  return inline.reduce((text, one) => {
    const place = `[image: ${escaped(one.filename.replace('[', '(').replace(']', ')'))}]`
    const address = escaped(pathOf(one.thumb_url || one.data_url))
    const link = escaped(pathOf(one.data_url))
    const picture = `<img class="inline-picture" src="${address}" alt="${escaped(one.filename)}" loading="lazy">`
    return text.replace(place, () => `<a href="${link}" target="_blank" rel="noopener">${picture}</a>`)
  }, html)
}

/** When an appointment is, in the zone of whoever reads it; a whole day, and a time without a zone, as they are written. */
export function appointmentTime(card: CalendarCard, locale: string): string {
  const starts = card.starts_at
  if (!starts) return ''
  if (/^\d{4}-\d\d-\d\d$/.test(starts)) {
    const words = wholeDay(new Date(starts), locale)
    // The end of whole days is the day after (RFC 5545 §3.6.1).
    const last = card.ends_at ? new Date(new Date(card.ends_at).getTime() - 86_400_000) : undefined
    return last && last > new Date(starts) ? `${words} – ${wholeDay(last, locale)}` : words
  }
  const begins = new Date(starts)
  const ends = new Date(card.ends_at || '')
  if (Number.isNaN(begins.getTime())) return starts
  return Number.isNaN(ends.getTime()) || ends <= begins ? fullTime(begins, locale) : fullSpan(begins, ends, locale)
}

const MOST_LEFT_OPEN = 400

// Every paragraph opens again what was left open before it, so forty kilobytes can freeze the window: such a mail is its text.
function bearable(html: string): string {
  let open = 0
  for (const tag of html.matchAll(/<(\/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b/gi)) {
    open = Math.max(0, open + (tag[1] ? -1 : 1))
    if (open > MOST_LEFT_OPEN) return ''
  }
  return html
}

// By its tags one by one: a pattern over the whole would read a mail of unclosed tags once for each of them.
export function hasRemotePictures(html: string): boolean {
  for (const tag of html.matchAll(/<img\b([^<>]*)/gi)) {
    if (/\ssrc\s*=\s*["']?\s*(?:https?:|\/\/|\\\\)/i.test(` ${(tag[1] ?? '').slice(0, 10_000)}`)) return true
  }
  return false
}

/** Messages whose remote pictures someone asked for; until the desk is closed. */
export const shownPictures = reactive(new Set<Id>())

const HARMLESS = {
  WHOLE_DOCUMENT: false,
  FORBID_TAGS: [
    'script',
    'iframe',
    'object',
    'embed',
    'form',
    'input',
    'button',
    'meta',
    'link',
    'base',
    'svg',
    'math',
    'audio',
    'video',
  ],
  FORBID_ATTR: ['srcset', 'ping', 'formaction'],
  ADD_ATTR: ['target'],
}

/** The HTML without anything that can run, its inline pictures from our own files. */
export function cleanMail(html: string, attachments: readonly Attachment[]): string {
  return DOMPurify.sanitize(html, HARMLESS).replace(
    /src\s*=\s*(["'])cid:([^"']+)\1/gi,
    (whole, quote: string, id: string) => {
      const found = inlinePicture(id, attachments)
      return found?.data_url ? `src=${quote}${found.data_url}${quote}` : whole
    },
  )
}

function inlinePicture(id: string, attachments: readonly Attachment[]): Attachment | undefined {
  const plain = decoded(id)
  const known = attachments.find((one) => one.content_id === plain || one.content_id === id)
  if (known || attachments.some((one) => one.content_id)) return known
  // Messages of before kept no content ids: the name is often in them.
  const name = plain.split('@')[0]?.toLowerCase() ?? ''
  return (
    attachments.find((one) =>
      decoded(one.data_url ?? '')
        .toLowerCase()
        .includes(name),
    ) ?? attachments.find((one) => one.file_type === 'image')
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A whole page for a sandboxed frame: no scripts, no forms, no remote pictures unless they were asked for. */
export function mailPage(
  html: string,
  options: { pictures: boolean; attachments: Attachment[]; dark: boolean },
): string {
  const own = location.origin
  const images = options.pictures ? `img-src ${own} data: https: http:` : `img-src ${own} data:`
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${images}`
  return [
    '<!doctype html><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank">`,
    '<style>body{font:14px/1.5 system-ui,sans-serif;margin:0;padding:4px;overflow-wrap:anywhere;',
    'background:#fff;color:#211c15}img{max-width:100%;height:auto}table{max-width:100%}</style>',
    cleanMail(html, options.attachments),
  ].join('')
}
