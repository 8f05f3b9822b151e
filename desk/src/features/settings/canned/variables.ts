// The variables that are offered for a canned response (contract F.19), and a conversation that does not exist.
import type { Values } from '@/components/canned/pieces'

export const VARIABLES = [
  'contact.first_name',
  'contact.name',
  'contact.last_name',
  'contact.email',
  'contact.phone_number',
  'agent.first_name',
  'agent.name',
  'conversation.id',
  'inbox.name',
  'account.name',
]

/** The key of its words. */
export const wordOf = (path: string): string => path.replace('.', '_')

export interface Sample {
  customer: string
  email: string
  agent: string
  inbox: string
  account: string
  /** Names of the account's attributes, each shown as its own value. */
  attributes: { key: string; name: string; ofContact: boolean }[]
}

export function sampleValues(given: Sample): Values {
  const attributes = (ofContact: boolean) =>
    Object.fromEntries(
      given.attributes.filter((one) => one.ofContact === ofContact).map(({ key, name }) => [key, name]),
    )
  return {
    contact: {
      id: 7,
      name: given.customer,
      ...parted(given.customer),
      email: given.email,
      phone_number: '+56912345678',
      custom_attribute: attributes(true),
    },
    agent: { name: given.agent, available_name: given.agent, ...parted(given.agent) },
    conversation: {
      id: 1042,
      display_id: 1042,
      contact_name: given.customer,
      custom_attribute: attributes(false),
    },
    inbox: { id: 1, name: given.inbox },
    account: { id: 1, name: given.account },
  }
}

function parted(name: string): { first_name: string; last_name: string } {
  const words = name.split(/\s+/).filter(Boolean)
  return words.length > 1 ? { first_name: words[0]!, last_name: words.at(-1)! } : { first_name: '', last_name: '' }
}
