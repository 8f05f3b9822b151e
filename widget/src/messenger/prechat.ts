/** The form before the chat: which fields it asks, and what is wrong with an answer (behaviour.md F.23). */
import type { Key } from './texts'
import type { Channel, PreChatField, Visitor } from './types'

const KNOWN: Record<string, keyof Visitor> = {
  emailAddress: 'has_email',
  fullName: 'has_name',
  phoneNumber: 'has_phone_number',
}
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/
const PHONE = /^\+[1-9]\d{1,14}$/

export const isEmail = (text: string): boolean => EMAIL.test(text.trim())
export const cleanPhone = (text: string): string => text.replace(/[\s().-]/g, '')

/** The enabled fields. What a page told us of its user is not asked again; a visitor's made-up name is not a name. */
export function fieldsOf(channel: Channel, visitor: Visitor | null, isIdentified: boolean): PreChatField[] {
  const known = (field: PreChatField): boolean => {
    const key = KNOWN[field.name]
    if (!key || !visitor) return false
    return key === 'has_name' ? isIdentified && visitor.has_name : visitor[key]
  }
  return (channel.preChatFormOptions.pre_chat_fields ?? []).filter((field) => field.enabled && !known(field))
}

/** The sentence for what is wrong with `value`; null when it is good. */
export function trouble(field: PreChatField, value: string): Key | { cue: string } | null {
  const text = value.trim()
  if (!text) return field.required ? 'required' : null
  if (field.type === 'email' || field.name === 'emailAddress') return isEmail(text) ? null : 'badEmail'
  if (field.name === 'phoneNumber') return PHONE.test(cleanPhone(text)) ? null : 'badPhone'
  if (field.type === 'number' && !Number.isFinite(Number(text))) return 'badNumber'
  if (field.type === 'link' && !/^https?:\/\/[^\s/]+\.[^\s]+$/i.test(text)) return 'badLink'
  if (field.type === 'date' && Number.isNaN(Date.parse(text))) return 'badDate'
  if (field.regex_pattern && !matches(field.regex_pattern, text))
    return field.regex_cue ? { cue: field.regex_cue } : 'badPattern'
  return null
}

/** "/^\d+$/i" or "^\d+$". A pattern that is not valid lets everything pass: it is the company's fault, not the visitor's. */
function matches(pattern: string, text: string): boolean {
  const parts = /^\/(.*)\/([a-z]*)$/.exec(pattern)
  try {
    return new RegExp(parts?.[1] ?? pattern, parts?.[2]).test(text)
  } catch {
    return true
  }
}

export interface Introduction {
  contact: { name?: string; email?: string; phone_number?: string }
  contactAttributes: Record<string, string | number | boolean>
  conversationAttributes: Record<string, string | number | boolean>
}

/** The answers in the shape the server takes. */
export function introduction(fields: PreChatField[], values: Record<string, string>): Introduction {
  const told: Introduction = { contact: {}, contactAttributes: {}, conversationAttributes: {} }
  for (const field of fields) {
    const text = (values[field.name] ?? '').trim()
    if (!text) continue
    if (field.name === 'emailAddress') told.contact.email = text
    else if (field.name === 'fullName') told.contact.name = text
    else if (field.name === 'phoneNumber') told.contact.phone_number = cleanPhone(text)
    else {
      const value = field.type === 'number' ? Number(text) : field.type === 'checkbox' ? text === 'true' : text
      const where = field.field_type === 'contact_attribute' ? told.contactAttributes : told.conversationAttributes
      where[field.name] = value
    }
  }
  return told
}
