// Conversations and messages carry the names of contacts, agents and teams with them; these follow when one changes.
import type { Contact, Conversation, Message, Sender } from '@/api/models'

import { useCollections } from './collections'
import { useConversations } from './conversations'
import { useMessages } from './messages'

export function followContact(contact: Contact): void {
  useConversations().renew((one) => {
    if (one.meta.sender.id !== contact.id) return one
    return { ...one, meta: { ...one.meta, sender: { ...one.meta.sender, ...contact } } }
  })
  useMessages().renew((message) =>
    named(message, 'contact', contact.id, { name: contact.name, thumbnail: contact.thumbnail }),
  )
}

/** The collection was fetched anew. */
export function followTeams(): void {
  const teams = new Map(useCollections().teams.map((team) => [team.id, team]))
  useConversations().renew((one) => {
    const team = one.meta.team && teams.get(one.meta.team.id)
    if (!team || team.name === one.meta.team?.name) return one
    return { ...one, meta: { ...one.meta, team: { ...one.meta.team, ...team } } }
  })
}

/** The collection was fetched anew. */
export function followAgents(): void {
  const agents = useCollections().agentById
  const differs = (a: Who, b: Who) => a.available_name !== b.available_name || a.thumbnail !== b.thumbnail
  useConversations().renew((one) => {
    const agent = one.meta.assignee && agents.get(one.meta.assignee.id)
    if (!agent || !one.meta.assignee || !differs(agent, one.meta.assignee)) return one
    return { ...one, meta: { ...one.meta, assignee: { ...one.meta.assignee, ...agent } } } satisfies Conversation
  })
  useMessages().renew((message) => {
    const agent = message.sender?.type === 'user' ? agents.get(message.sender.id) : undefined
    if (!agent) return message
    const { name, available_name, thumbnail } = agent
    return named(message, 'user', agent.id, { name, available_name, thumbnail })
  })
}

interface Who {
  available_name: string
  thumbnail: string
}

function named(message: Message, type: string, id: number, said: Partial<Sender>): Message {
  const { sender } = message
  if (sender?.type !== type || sender.id !== id) return message
  const keys = Object.keys(said) as (keyof Sender)[]
  if (keys.every((key) => sender[key] === said[key])) return message
  return { ...message, sender: { ...sender, ...said } }
}
