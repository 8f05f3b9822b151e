// What a canned response says here: its variables filled in as the server does it when a message leaves (contract F.19).
import type { Conversation, Json, User } from '@/api/models'
import type { Values } from '@/components/canned/pieces'

/** What stands around the text. */
export interface Around {
  conversation: Conversation
  /** Who writes. */
  agent: Pick<User, 'available_name'> | undefined
  inbox: { id: number; name: string } | undefined
  account: { id: number; name: string } | undefined
}

// An agent explaining a template must be able to show one: code is left alone.
const CODE_OR_VARIABLE = /```[\s\S]*?```|`[^`\n]+`|\{\{\s*([\w.]+)\s*\}\}/g
/** What the server's language reads as a place in a list, or as how long something is. */
const COUNTED = /\.(\d|(size|first|last)$)/

/**
 * The text with its variables in it; one that no one knows is nothing. Filters, conditions and what is no plain value
 * stay as they are written: the server fills them in.
 */
export function filledIn(text: string, around: Around): string {
  if (text.includes('{%')) return text
  const values = valuesOf(around)
  return text.replace(CODE_OR_VARIABLE, (whole, path: string | undefined) => {
    if (path === undefined) return whole
    const value = path
      .split('.')
      .reduce<Json | Values | undefined>(
        (from, name) => (isValues(from) && Object.hasOwn(from, name) ? from[name] : undefined),
        values,
      )
    if (value === undefined && COUNTED.test(path)) return whole
    if (value === undefined || value === null) return ''
    // What a customer wrote is not to be read as variables once more.
    return typeof value === 'object' || /\{[{%]/.test(String(value)) ? whole : String(value)
  })
}

/** What a variable can name in this conversation. */
export function valuesOf({ conversation, agent, inbox, account }: Around): Values {
  const contact = conversation.meta.sender
  const name = contact.name ?? ''
  const writer = agent?.available_name ?? ''
  return {
    contact: {
      id: contact.id,
      name,
      ...firstAndLast(name),
      email: contact.email ?? '',
      phone_number: contact.phone_number ?? '',
      custom_attribute: contact.custom_attributes ?? {},
    },
    agent: { name: writer, available_name: writer, ...firstAndLast(writer) },
    conversation: {
      id: conversation.id,
      display_id: conversation.id,
      contact_name: name,
      custom_attribute: conversation.custom_attributes ?? {},
    },
    inbox: inbox ? { id: inbox.id, name: inbox.name } : {},
    account: account ? { id: account.id, name: account.name } : {},
  }
}

/** Both are empty when the name is one word. */
function firstAndLast(name: string): { first_name: string; last_name: string } {
  const words = name.split(/\s+/).filter(Boolean)
  return words.length > 1 ? { first_name: words[0]!, last_name: words.at(-1)! } : { first_name: '', last_name: '' }
}

function isValues(value: Json | Values | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
