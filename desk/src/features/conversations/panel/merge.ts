// Two conversations that are one matter: which can be merged, merging, and undoing it.
import { api } from '@/api/client'
import type { Conversation, Id, MergeCandidate } from '@/api/models'
import { t } from '@/i18n'
import { useConversations } from '@/stores/conversations'
import { useMessages } from '@/stores/messages'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

import { explain } from '@/stores/acts'

export interface Candidates {
  message_count: number
  takes_other_customers: boolean
  payload: MergeCandidate[]
}

const path = (id: Id, tail: string) => `${useSession().desk}/conversations/${id}/${tail}`

export function candidatesOf(id: Id, query: string): Promise<Candidates> {
  return api.get<Candidates>(path(id, 'merge_candidates'), query ? { q: query } : {})
}

/** Show both as they are now, whether or not the stream is there to say so. */
async function showBoth(one: Conversation, other: Id): Promise<void> {
  const [conversations, messages] = [useConversations(), useMessages()]
  conversations.apply(one)
  await Promise.all([
    messages.reread(one.id),
    messages.reread(other),
    conversations
      .load(other)
      .then((fresh) => conversations.apply(fresh))
      .catch(() => undefined),
  ])
}

/** Put one into the other; a refusal is the caller's to show. */
export async function mergeInto(id: Id, into: Id, undone: () => void): Promise<void> {
  await showBoth(await api.post<Conversation>(path(id, 'merge'), { into }), id)
  toast(t('merge.done', { id, into }), () => void unmerge(id, into).then((done) => done && undone()))
}

/** Undo it; whether that worked. */
export async function unmerge(id: Id, from: Id): Promise<boolean> {
  try {
    await showBoth(await api.post<Conversation>(path(id, 'unmerge')), from)
    toast(t('merge.undone', { id }))
    return true
  } catch (error) {
    explain(error)
    return false
  }
}

/** Put the message and what follows it into a conversation of its own; its number, where that worked. */
export async function splitFrom(id: Id, message: Id, undone: (back: Id) => void): Promise<Id | undefined> {
  try {
    const made = await api.post<Conversation>(path(id, 'split'), { message_id: message })
    await showBoth(made, id)
    toast(t('merge.split_done', { id: made.id }), () => void unsplit(made.id).then((back) => back && undone(back)))
    return made.id
  } catch (error) {
    explain(error)
    return undefined
  }
}

/** Put what was split off back; the number of the conversation that has it again. */
export async function unsplit(id: Id): Promise<Id | undefined> {
  try {
    const old = await api.post<Conversation>(path(id, 'unsplit'))
    await showBoth(old, id)
    toast(t('merge.unsplit_done', { id: old.id }))
    return old.id
  } catch (error) {
    explain(error)
    return undefined
  }
}
