// The thread of each conversation: pages of history, what arrives, and what we are still sending.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Id, Message } from '@/api/models'

import { useOpenings } from './openings'
import { useSession } from './session'

export interface Thread {
  messages: Message[]
  complete: boolean
  loading: boolean
  failed: boolean
  loaded: boolean
}

const KEPT_THREADS = 40

/** Merge by id, the newer version winning, oldest first. Where nothing is new, what was known stays as it is. */
export function merge(known: Message[], came: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  let changed = false
  for (const message of came) {
    const before = byId.get(message.id)
    if (before && ((message.version ?? 0) < (before.version ?? 0) || isSame(before, message))) continue
    byId.set(message.id, message)
    changed = true
  }
  if (!changed) return known
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** A message also shows what has no version of its own: names, pictures. */
const isSame = (a: Message, b: Message): boolean =>
  a === b || (a.version === b.version && JSON.stringify(a) === JSON.stringify(b))

export const useMessages = defineStore('messages', () => {
  const session = useSession()
  const threads = shallowReactive(new Map<Id, Thread>())

  function thread(id: Id): Thread {
    return threads.get(id) ?? { messages: [], complete: false, loading: false, failed: false, loaded: false }
  }

  function set(id: Id, changes: Partial<Thread>): void {
    threads.set(id, { ...thread(id), ...changes })
    if (threads.size > KEPT_THREADS) {
      const oldest = threads.keys().next().value
      if (oldest !== undefined && oldest !== id) threads.delete(oldest)
    }
  }

  const path = (id: Id) => `${session.base}/conversations/${id}/messages`

  // How often each was read anew: a page that was asked for before that tells of messages that may be elsewhere now.
  const readings = new Map<Id, number>()
  const reading = (id: Id): number => readings.get(id) ?? 0

  /**
   * The newest page, merged with what is known. A gap to what is known drops the older part. With it comes all else that
   * a conversation shows; one that came a moment ago is not asked for again.
   */
  async function open(id: Id): Promise<void> {
    if (thread(id).loaded && useOpenings().isFresh(id)) return
    set(id, { loading: true, failed: false })
    const mine = reading(id)
    try {
      const payload = await useOpenings().ask(id)
      if (mine !== reading(id)) return
      const before = thread(id).messages
      const touches = before.length === 0 || payload.some((message) => before.some((known) => known.id === message.id))
      const first = payload[0]?.id ?? 0
      const kept = touches ? before : before.filter((message) => message.id > first)
      set(id, {
        messages: merge(kept, payload),
        complete: touches && before.length > 0 ? thread(id).complete : payload.length < 20,
        loading: false,
        loaded: true,
      })
    } catch {
      if (mine === reading(id)) set(id, { loading: false, failed: true })
    }
  }

  async function older(id: Id): Promise<void> {
    const { complete, loading, messages } = thread(id)
    const first = messages[0]
    if (complete || loading || !first) return
    set(id, { loading: true })
    const mine = reading(id)
    try {
      const { payload } = await api.get<{ payload: Message[] }>(path(id), { before: first.id })
      if (mine === reading(id))
        set(id, { messages: merge(thread(id).messages, payload), complete: payload.length < 20, loading: false })
    } catch {
      if (mine === reading(id)) set(id, { loading: false })
    }
  }

  /** A message that arrived or changed; only threads that were opened are kept. */
  function apply(message: Message): void {
    if (!threads.has(message.conversation_id)) return
    const before = thread(message.conversation_id)
    set(message.conversation_id, { messages: merge(before.messages, [message]) })
  }

  /** Messages came or went with a merge: the newest page as it is now, and what arrived while it was asked for. */
  async function reread(id: Id): Promise<void> {
    if (!threads.has(id)) return
    const mine = reading(id) + 1
    readings.set(id, mine)
    useOpenings().stale(id)
    set(id, { loading: true, failed: false })
    try {
      const { payload } = await api.get<{ payload: Message[] }>(path(id))
      if (mine !== reading(id)) return
      const newest = payload.at(-1)?.id ?? 0
      const later = thread(id).messages.filter((message) => message.id > newest && payload.length > 0)
      set(id, { messages: merge(later, payload), complete: payload.length < 20, loading: false, loaded: true })
    } catch {
      // What stood there may be elsewhere now: rather nothing, and the way to ask again.
      if (mine === reading(id)) set(id, { messages: [], complete: false, loading: false, loaded: false, failed: true })
    }
  }

  /** What messages carry of others changed: `now` answers the message itself where it did not. */
  function renew(now: (message: Message) => Message): void {
    for (const [id, known] of [...threads]) {
      const messages = known.messages.map(now)
      if (messages.some((message, index) => message !== known.messages[index])) set(id, { messages })
    }
  }

  /** The conversation went out of sight. What is written there meanwhile is not told, so nothing known of it holds on. */
  function drop(id: Id): void {
    readings.set(id, reading(id) + 1)
    threads.delete(id)
  }

  function forget(except?: Id): void {
    for (const id of [...threads.keys()]) if (id !== except) threads.delete(id)
  }

  return { threads, thread, open, older, reread, apply, renew, drop, forget }
})
