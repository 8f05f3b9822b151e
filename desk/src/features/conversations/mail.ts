// What the desk needs to know of a mail, and its HTML as a page that can do nothing.
import DOMPurify from 'dompurify'
import { reactive } from 'vue'

import type { Attachment, Id, Message } from '@/api/models'

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
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** The mail of an incoming message; undefined for messages of other channels. */
export function mailOf(message: Message): MailParts | undefined {
  const email = message.content_attributes.email
  if (!email || typeof email !== 'object' || Array.isArray(email)) return undefined
  const html = email.html_content
  const text = email.text_content
  return {
    from: list(email.from),
    replyTo: list(email.reply_to),
    to: list(email.to),
    cc: list(email.cc),
    date: String(email.date ?? ''),
    text: text && typeof text === 'object' && !Array.isArray(text) ? String(text.full ?? '') : '',
    subject: String(email.subject ?? ''),
    html: html && typeof html === 'object' && !Array.isArray(html) ? bearable(String(html.full ?? '')) : '',
    history: String(email.history ?? ''),
  }
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

/** Messages whose remote pictures somebody asked for; until the desk is closed. */
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
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>body{font:14px/1.5 system-ui,sans-serif;margin:0;padding:4px;overflow-wrap:anywhere;background:#fff;color:#211c15}img{max-width:100%;height:auto}table{max-width:100%}</style>${cleanMail(html, options.attachments)}`
}
