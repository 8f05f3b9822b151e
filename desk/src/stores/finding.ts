// What the palette and the search page ask for while one types.
import { api } from '@/api/client'
import type { Id, Message } from '@/api/models'

import { useSession } from './session'

export interface Found {
  conversations: { id: Id; message?: { content?: string; created_at?: number }; contact?: { name: string } }[]
  contacts: { id: Id; name: string; email: string | null; phone_number: string | null }[]
  messages: {
    id: Id
    content: string
    /** The words stand only in what the mail quotes or signs with. */
    folded_excerpt?: string
    conversation_id: Id
    created_at: number
    sender?: { name?: string | null } | null
  }[]
}

/** A few of everything. */
export const find = async (words: string): Promise<Found> =>
  (await api.get<{ payload: Found }>(`${useSession().base}/search`, { q: words })).payload

/** What may follow an operator. */
export const choicesOf = async (operator: string, text: string): Promise<{ value: string; label: string }[]> =>
  (
    await api.get<{ payload: { value: string; label: string }[] }>(`${useSession().desk}/search/choices`, {
      operator,
      text,
    })
  ).payload

/** The page of a conversation's messages that ends with this one; its last page without. */
export const messagesUpTo = async (conversation: Id, message?: Id): Promise<Message[]> =>
  (
    await api.get<{ payload: Message[] }>(`${useSession().base}/conversations/${conversation}/messages`, {
      before: message === undefined ? undefined : message + 1,
    })
  ).payload
