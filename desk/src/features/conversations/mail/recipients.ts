// Whom a mail goes to: addresses as people type and paste them, and what an answer to one or to all means.
import type { Message } from '@/api/models'

import { undeliveredOf } from '../thread/delivery'
import { mailOf } from './mail'

export interface Recipients {
  to: string[]
  cc: string[]
  bcc: string[]
}

const ADDRESS = /^[^\s@<>,;"()[\]]+@[^\s@<>,;"()[\]]+\.[^\s@<>,;"()[\]]+$/

export const isAddress = (text: string): boolean => ADDRESS.test(text) && text.length <= 255

/** The addresses in what was typed or pasted: `Ana <ana@x.cl>, b@y.cl`; what is none stays as it was written. */
export function readAddresses(line: string): string[] {
  const found: string[] = []
  // A name in quotes may have commas of its own.
  for (const part of line.replace(/"[^"]*"/g, ' ').split(/[,;\r\n\t]+/)) {
    const bracketed = /<([^<>]*)>/.exec(part)
    if (bracketed) found.push((bracketed[1] ?? '').trim())
    else if (part.trim().split(/\s+/).filter(Boolean).every(isAddress)) found.push(...part.trim().split(/\s+/))
    else found.push(part.trim())
  }
  return found.map((one) => one.replace(/^mailto:/i, '')).filter(Boolean)
}

/** Without repetitions, in any case of letters, keeping the first; without those of `other`. */
export function unique(addresses: readonly string[], other: readonly string[] = []): string[] {
  const seen = new Set(other.map((one) => one.toLowerCase()))
  return addresses.filter((one) => {
    const key = one.toLowerCase()
    if (!key || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Whether a mail to this address comes back to us: an inbox (with or without a plus part), or a conversation's own. */
export function isOwn(address: string, own: ReadonlySet<string>): boolean {
  const plain = address.toLowerCase()
  return own.has(plain) || own.has(plain.replace(/\+[^@]*@/, '@')) || /^reply\+[0-9a-f-]{36}@/.test(plain)
}

const addresses = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** Who gets the answer to a message, or (`all`) everyone it went to; no one twice, and not ourselves. */
export function recipientsOf(
  message: Message | undefined,
  options: { customer: string; own: ReadonlySet<string>; all: boolean },
): Recipients {
  const others = (list: readonly string[]) => list.filter((one) => !isOwn(one, options.own))
  const customer = options.customer ? [options.customer] : []
  if (!message) return { to: customer, cc: [], bcc: [] }
  const mail = mailOf(message)
  if (!mail) {
    // One of ours: the answer goes to whom it went.
    // Whom it did not reach is left out, as long as someone remains.
    const given = addresses(message.content_attributes.to_emails)
    const gone = undeliveredOf(message).map((one) => one.address)
    const to = unique(given.length ? given : customer)
    const cc = options.all ? unique(addresses(message.content_attributes.cc_emails), [...to, ...gone]) : []
    const reached = unique(to, gone)
    return { to: reached.length ? reached : cc.length ? cc : to, cc: reached.length ? cc : [], bcc: [] }
  }
  const writer = message.sender?.email ? [message.sender.email] : customer
  const asked = unique(others(mail.replyTo))
  const to = asked.length ? asked : unique(others(writer)).length ? unique(others(writer)) : unique(others(mail.from))
  return { to, cc: options.all ? unique(others([...mail.to, ...mail.cc]), to) : [], bcc: [] }
}

/** The message that a plain answer answers: the customer's newest mail, else the newest of ours to them. */
export function answeredByDefault(messages: readonly Message[]): Message | undefined {
  const shown = messages.filter(
    (one) => !one.private && one.message_type !== 2 && one.content_attributes.deleted !== true && !forwardedId(one),
  )
  return shown.findLast((one) => one.message_type === 0 && one.content_attributes.stranger !== true) ?? shown.at(-1)
}

/** The id of the message that this one passes on to others. */
export function forwardedId(message: Pick<Message, 'content_attributes'>): number | undefined {
  const id = message.content_attributes.forwarded_message_id
  return typeof id === 'number' ? id : undefined
}

export const MOST_SUBJECT_CHARS = 500
