// What the desk needs to know of a mail, and its HTML as a page that can do nothing.
import DOMPurify from 'dompurify'

import type { Attachment, Message } from '@/api/models'

export interface MailParts {
  from: string[]
  to: string[]
  cc: string[]
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
  return {
    from: list(email.from),
    to: list(email.to),
    cc: list(email.cc),
    subject: String(email.subject ?? ''),
    html: html && typeof html === 'object' && !Array.isArray(html) ? String(html.full ?? '') : '',
    history: String(email.history ?? ''),
  }
}

export const hasRemotePictures = (html: string): boolean => /<img[^>]+src\s*=\s*["']?\s*(https?:)?\/\//i.test(html)

/** A whole page for a sandboxed frame: no scripts, no forms, no remote pictures unless they were asked for. */
export function mailPage(html: string, options: { pictures: boolean; attachments: Attachment[]; dark: boolean }): string {
  const clean = DOMPurify.sanitize(html, {
    WHOLE_DOCUMENT: false,
    FORBID_TAGS: ['script', 'iframe', 'object', 'embed', 'form', 'input', 'button', 'meta', 'link', 'base', 'svg', 'math', 'audio', 'video'],
    FORBID_ATTR: ['srcset', 'ping', 'formaction'],
    ADD_ATTR: ['target'],
  })
  const own = location.origin
  const images = options.pictures ? `img-src ${own} data: https: http:` : `img-src ${own} data:`
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${images}`
  const inline = clean.replace(/src\s*=\s*(["'])cid:([^"']+)\1/gi, (whole, quote: string, id: string) => {
    const name = id.split('@')[0]?.toLowerCase() ?? ''
    const found = options.attachments.find((one) => decodeURIComponent(one.data_url ?? '').toLowerCase().includes(name)) ?? options.attachments.find((one) => one.file_type === 'image')
    return found?.data_url ? `src=${quote}${found.data_url}${quote}` : whole
  })
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>body{font:14px/1.5 system-ui,sans-serif;margin:0;padding:4px;overflow-wrap:anywhere;background:#fff;color:#211c15}img{max-width:100%;height:auto}table{max-width:100%}</style>${inline}`
}

const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/

/** Addresses of a line people typed, and the first that is none. */
export function readAddresses(line: string): { addresses: string[]; wrong?: string } {
  const parts = line.split(/[,;\s]+/).map((part) => part.trim()).filter(Boolean)
  const wrong = parts.find((part) => !ADDRESS.test(part))
  return { addresses: parts.filter((part) => ADDRESS.test(part)), wrong }
}
