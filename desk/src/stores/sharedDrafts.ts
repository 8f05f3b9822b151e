// Replies that colleagues have begun and show, in the conversations that were opened. An event says "ask again".
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Draft, Id, SharedDraft } from '@/api/models'

import { useDrafts } from './drafts'
import { useSession } from './session'

export const useSharedDrafts = defineStore('sharedDrafts', () => {
  const session = useSession()
  const known = shallowReactive(new Map<Id, SharedDraft[]>())
  const path = (id: Id, tail = ''): string => `${session.desk}/conversations/${id}/${tail}`

  const of = (id: Id): SharedDraft[] => known.get(id) ?? []
  function keep(id: Id, rows: SharedDraft[]): void {
    if (rows.length || known.get(id)?.length || !known.has(id)) known.set(id, rows)
  }

  /** A colleague showed one, wrote on, or put it away. */
  async function changed(id: Id): Promise<void> {
    if (!known.has(id)) return
    const rows = await api.get<SharedDraft[]>(path(id, 'shared_drafts')).catch(() => undefined)
    if (rows) keep(id, rows)
  }

  /** It becomes one's own, under what stands there. */
  async function take(id: Id, row: SharedDraft): Promise<void> {
    await useDrafts().flush(id, 'reply')
    const taken = await api.post<Draft>(path(id, `shared_drafts/${row.id}/take`))
    useDrafts().put(taken)
    void changed(id)
  }

  /** What was taken is its writer's again. */
  async function giveBack(id: Id): Promise<void> {
    await useDrafts().flush(id, 'reply')
    await api.post(path(id, 'drafts/reply/give_back'))
    useDrafts().put({ conversation_id: id, mode: 'reply', content: '', is_shared: false })
    void changed(id)
  }

  return { of, keep, changed, take, giveBack }
})
