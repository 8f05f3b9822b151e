// A message or a thread on paper: header lines and what was said, without the desk around it.
import './print.css'

import DOMPurify from 'dompurify'

import type { Attachment, Conversation, Message } from '@/api/models'
import { fullTime } from '@/ui/time'

import { cleanMail, foldedParts, mailOf, shownPictures, type FoldedPart, type MailParts } from '../mail/mail'
import { forwardedId } from '../mail/recipients'
import { renderMarkdown } from './rendered'

export interface Words {
  from: string
  to: string
  cc: string
  date: string
  subject: string
  attached: string
  picture: string
  /** The folded parts by their names, and that one is cut. */
  parts: Record<FoldedPart['name'], string>
  cut: string
}

export interface About {
  conversation: Conversation
  inboxAddress: string
  inboxName: string
  locale: string
  isMail: boolean
  words: Words
}

const lines = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : '')
const named = (name: string, address: string): string =>
  address && name && name !== address ? `${name} <${address}>` : name || address

/** Notes are the team's, and activity is no message: neither goes on paper. */
export const isPrinted = (message: Message): boolean =>
  !message.private && message.message_type !== 2 && message.content_attributes.deleted !== true

/** From, To, Cc, Date, Subject, Attached: those that there are. */
export function headLines(message: Message, about: About): [string, string][] {
  const { words, conversation } = about
  const mail = mailOf(message)
  const given = message.content_attributes
  const sender = message.sender?.available_name || message.sender?.name || ''
  const customer = named(conversation.meta.sender.name, conversation.meta.sender.email ?? '')
  const isMail = about.isMail
  const ours = message.message_type !== 0
  const at = mail?.date ? new Date(mail.date) : new Date(message.created_at * 1000)
  const found: [string, string][] = [
    [
      words.from,
      ours
        ? named(sender || about.inboxName, about.inboxAddress)
        : named(sender, mail?.from.join(', ') || message.sender?.email || ''),
    ],
    [words.to, mail ? mail.to.join(', ') : isMail ? lines(given.to_emails) || (ours ? customer : '') : ''],
    [words.cc, mail ? mail.cc.join(', ') : lines(given.cc_emails)],
    [words.date, fullTime(Number.isNaN(at.getTime()) ? new Date(message.created_at * 1000) : at, about.locale)],
    [
      words.subject,
      mail
        ? mail.subject
        : isMail
          ? String(given.subject ?? conversation.additional_attributes.mail_subject ?? '')
          : '',
    ],
    [
      words.attached,
      (message.attachments ?? [])
        .map((one) => one.filename ?? one.fallback_title ?? '')
        .filter(Boolean)
        .join(', '),
    ],
  ]
  return found.filter(([, value]) => value)
}

const LOADS = /url\s*\(|image|\\|@|var\s*\(|attr\s*\(/i

/** A mail's HTML for our own page: nothing runs, and nothing is fetched from elsewhere unless pictures were asked for. */
export function harmless(
  html: string,
  attachments: readonly Attachment[],
  options: { pictures: boolean; blocked: string },
): DocumentFragment {
  const fragment = DOMPurify.sanitize(cleanMail(html, attachments), {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'audio', 'video', 'svg', 'math', 'picture', 'source'],
    FORBID_ATTR: ['srcset', 'id', 'class'],
  })
  // Cleaned in a document that loads nothing; a copy of this one begins to.
  if (options.pictures) return document.importNode(fragment, true)
  for (const element of fragment.querySelectorAll<HTMLElement>('*')) {
    element.removeAttribute('background')
    const style = element.getAttribute('style')
    if (style && LOADS.test(style))
      element.setAttribute(
        'style',
        style
          .split(';')
          .filter((part) => !LOADS.test(part))
          .join(';'),
      )
  }
  for (const image of fragment.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? ''
    if (/^data:image\//i.test(source) || isOurs(source)) continue
    image.replaceWith(document.createTextNode(`[${image.alt || options.blocked}]`))
  }
  return document.importNode(fragment, true)
}

function isOurs(address: string): boolean {
  try {
    return address !== '' && !/^cid:/i.test(address) && new URL(address, location.href).origin === location.origin
  } catch {
    return false
  }
}

/** The sheet of these messages. `whole`: a mail is shown as it came; else what its writer said, then what is folded. */
export function sheetOf(
  messages: readonly Message[],
  about: About,
  options: { whole: boolean; note?: string },
): HTMLElement {
  const sheet = document.createElement('div')
  sheet.className = 'print-sheet'
  const heading = document.createElement('h1')
  const { id, meta, additional_attributes: more } = about.conversation
  heading.textContent = `${String(more.mail_subject ?? '') || meta.sender.name} · #${id}`
  sheet.append(heading)
  if (options.note) {
    const note = document.createElement('p')
    note.textContent = options.note
    sheet.append(note)
  }
  for (const message of messages.filter(isPrinted)) sheet.append(articleOf(message, about, options.whole))
  return sheet
}

function articleOf(message: Message, about: About, whole: boolean): HTMLElement {
  const article = document.createElement('article')
  article.dataset.printed = String(message.id)
  const list = document.createElement('dl')
  for (const [name, value] of headLines(message, about)) {
    const term = document.createElement('dt')
    const said = document.createElement('dd')
    term.textContent = `${name}:`
    said.textContent = value
    list.append(term, said)
  }
  const said = document.createElement('div')
  said.className = 'said'
  const mail = mailOf(message)
  if (whole && mail?.html) {
    // Its styles stay in its own tree, and ours out of it.
    said.attachShadow({ mode: 'open' }).append(
      harmless(mail.html, message.attachments ?? [], {
        pictures: shownPictures.has(message.id),
        blocked: about.words.picture,
      }),
    )
  } else if (whole && mail?.text) {
    const text = document.createElement('pre')
    text.textContent = mail.text
    said.append(text)
  } else said.innerHTML = renderMarkdown(message.content ?? '')
  article.append(list, said)
  if (mail)
    article.append(...(whole && (mail.html || mail.text) ? [] : unfolded(mail, about)), ...cutLines(mail, about, whole))
  if (!(whole && mail?.html) && forwardedId(message) === undefined) article.append(...picturesOf(message))
  return article
}

/** Paper has nothing to press: what is folded on the screen stands open under its name. */
function unfolded(mail: MailParts, about: About): HTMLElement[] {
  return foldedParts(mail).map((part) => {
    const section = document.createElement('section')
    section.className = 'unfolded'
    const name = document.createElement('h2')
    name.textContent = about.words.parts[part.name]
    const text = document.createElement('pre')
    text.dir = 'auto'
    text.textContent = part.text
    section.append(name, text)
    return section
  })
}

function cutLines(mail: MailParts, about: About, whole: boolean): HTMLElement[] {
  const isCut = whole && mail.html ? mail.cut.includes('html') : mail.cut.some((name) => name !== 'html')
  if (!isCut) return []
  const line = document.createElement('p')
  line.textContent = about.words.cut
  return [line]
}

function picturesOf(message: Message): HTMLElement[] {
  return (message.attachments ?? [])
    .filter((one) => one.file_type === 'image' && isOurs(one.data_url ?? ''))
    .map((one) => {
      const image = document.createElement('img')
      image.src = one.thumb_url || (one.data_url ?? '')
      image.alt = one.filename ?? ''
      return image
    })
}

/** Lay the sheet on the page; only paper shows it. One at a time. */
export function laySheet(sheet: HTMLElement): void {
  takeSheet()
  document.body.append(sheet)
  document.documentElement.classList.add('has-sheet')
}
export function takeSheet(): void {
  document.querySelectorAll('.print-sheet').forEach((one) => one.remove())
  document.documentElement.classList.remove('has-sheet')
}
export const hasSheet = (): boolean => document.documentElement.classList.contains('has-sheet')

const settled = (image: HTMLImageElement): Promise<unknown> =>
  image.complete && image.naturalWidth > 0
    ? Promise.resolve()
    : new Promise((done) => ['load', 'error'].forEach((name) => image.addEventListener(name, done, { once: true })))

const PICTURES_MS = 4000
/** Lay the sheet, wait for its pictures for a moment, and open the browser's print dialog. */
export async function printSheet(sheet: HTMLElement): Promise<void> {
  laySheet(sheet)
  const shadows = [...sheet.querySelectorAll('.said')].flatMap((one) => [
    ...(one.shadowRoot?.querySelectorAll('img') ?? []),
  ])
  const pictures = [...sheet.querySelectorAll('img'), ...shadows].map(settled)
  await Promise.race([Promise.all(pictures), new Promise((done) => setTimeout(done, PICTURES_MS))])
  window.print()
}
