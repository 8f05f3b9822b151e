// A conversation as it is opened: what thread and panel show of it comes in one answer, and each part goes to whose it is.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Agent, Id, Message, Opening, Previous } from '@/api/models'

import { useCards } from './cards'
import { useClaims } from './claims'
import { useConversations } from './conversations'
import { useScheduled } from './scheduled'
import { useSession } from './session'
import { useSharedDrafts } from './sharedDrafts'

/** What the panel alone shows. */
export interface Beside {
  previous: Previous[]
  participants: Agent[]
}

const FRESH_MS = 15_000
const KEPT = 200

export const useOpenings = defineStore('openings', () => {
  const session = useSession()
  const beside = shallowReactive(new Map<Id, Beside>())
  const came = new Map<Id, number>()
  const pending = new Map<Id, Promise<Message[]>>()
  let hearing = false

  /** The newest messages; the other parts are in their stores by then. Who asks while it is asked for waits for the same. */
  function ask(id: Id): Promise<Message[]> {
    const known = pending.get(id)
    if (known) return known
    const answer = fetchAll(id).finally(() => {
      if (pending.get(id) === answer) pending.delete(id)
    })
    pending.set(id, answer)
    return answer
  }

  async function fetchAll(id: Id): Promise<Message[]> {
    const contact = useConversations().byId.get(id)?.meta.sender.id
    const takeScheduled = useScheduled().expecting(id)
    const takeClaims = contact === undefined ? undefined : useClaims().expecting(contact)
    let opening: Opening
    try {
      opening = await api.get<Opening>(`${session.desk}/conversations/${id}/opening`)
    } catch (error) {
      takeScheduled(undefined)
      throw error
    }
    const { conversation, messages, scheduled, shared_drafts, participants, previous, claims, card } = opening
    // What is shown before the server said yes has the version it had: an answer of the same version must not undo it.
    const shown = useConversations().byId.get(id)
    if (!shown || shown.version < conversation.version) useConversations().upsert(conversation)
    takeScheduled(scheduled)
    useSharedDrafts().keep(id, shared_drafts)
    if (contact === conversation.meta.sender.id) takeClaims?.(claims)
    else useClaims().expecting(conversation.meta.sender.id)(claims)
    if (card) useCards().keep(card)
    beside.set(id, { previous, participants })
    came.set(id, Date.now())
    if (beside.size > KEPT) {
      const oldest = beside.keys().next().value as Id
      beside.delete(oldest)
      came.delete(oldest)
    }
    return messages
  }

  /** These follow it from now on. */
  function follow(id: Id, participants: Agent[]): void {
    beside.set(id, { previous: beside.get(id)?.previous ?? [], participants })
  }

  /** Someone began or stopped to follow it: asked for where it is before someone's eyes, else when it is opened again. */
  async function refollow(id: Id): Promise<void> {
    if (useConversations().openId !== id || !beside.has(id)) return
    const now = await api.get<Agent[]>(`${session.base}/conversations/${id}/participants`).catch(() => undefined)
    if (now) follow(id, now)
  }

  /** Whether it came a moment ago and the stream told all that happened since: then no one need ask again. */
  function isFresh(id: Id): boolean {
    return hearing && Date.now() - (came.get(id) ?? 0) < FRESH_MS
  }

  /** Something about it changed that the stream does not tell whole; without an id, anything may have. */
  function stale(id?: Id): void {
    if (id === undefined) came.clear()
    else came.delete(id)
    if (id !== undefined) pending.delete(id)
  }

  /** The stream stands, or it does not. */
  function hears(now: boolean): void {
    hearing = now
    if (!now) stale()
  }

  return { beside, ask, follow, refollow, isFresh, stale, hears }
})
