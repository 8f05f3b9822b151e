// Unsent texts per conversation and mode: at once in this browser, soon after on the server, seen on another machine.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { Draft, Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { useCollections } from './collections'
import { useSession } from './session'

export type Mode = Draft['mode']
/** As the server tells of it. */
export type Kept = Pick<Draft, 'conversation_id' | 'mode' | 'content' | 'is_shared'>
const SAVE_AFTER_MS = 600

export const useDrafts = defineStore('drafts', () => {
  const session = useSession()
  const texts = ref<Record<string, string>>({})
  /** Those that colleagues see. */
  const shared = ref<Record<string, boolean>>({})
  /** Of how many a field must take in what stands here, also while it is written in. */
  const replaced = ref(0)
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const keyOf = (id: Id, mode: Mode) => `${session.accountId}.${id}.${mode}`
  const localKey = () => `drafts.v1.${session.user?.id}`

  function keep(): void {
    try {
      localStorage.setItem(localKey(), JSON.stringify(texts.value))
    } catch {
      // The server has it within a second.
    }
  }

  async function restore(): Promise<void> {
    try {
      texts.value = JSON.parse(localStorage.getItem(localKey()) ?? '{}') as Record<string, string>
    } catch {
      texts.value = {}
    }
    const saved = await api.get<Draft[]>(`${session.desk}/drafts`)
    for (const draft of saved) {
      const key = keyOf(draft.conversation_id, draft.mode)
      if (!timers.has(key)) texts.value[key] ??= draft.content
      shared.value[key] = draft.is_shared
    }
  }

  const get = (id: Id, mode: Mode): string => texts.value[keyOf(id, mode)] ?? ''
  const has = (id: Id): boolean =>
    !!(texts.value[keyOf(id, 'reply')] ?? '').trim() || !!(texts.value[keyOf(id, 'note')] ?? '').trim()

  function set(id: Id, mode: Mode, content: string): void {
    const key = keyOf(id, mode)
    if ((texts.value[key] ?? '') === content) return
    if (content) texts.value[key] = content
    else delete texts.value[key]
    keep()
    clearTimeout(timers.get(key))
    timers.set(
      key,
      setTimeout(() => void save(id, mode), content ? SAVE_AFTER_MS : 0),
    )
  }

  async function save(id: Id, mode: Mode): Promise<void> {
    const key = keyOf(id, mode)
    timers.delete(key)
    const path = `${session.desk}/conversations/${id}/drafts/${mode}`
    const content = texts.value[key]
    try {
      await (content ? api.put(path, { content }) : api.delete(path))
    } catch {
      if (!timers.has(key))
        timers.set(
          key,
          setTimeout(() => void save(id, mode), 5000),
        )
    }
  }

  /** Written on another machine: taken unless this one is being typed in. Whether it was. */
  function apply(draft: Kept): boolean {
    const key = keyOf(draft.conversation_id, draft.mode)
    shared.value[key] = draft.is_shared
    if (timers.has(key)) return false
    if (draft.content) texts.value[key] = draft.content
    else delete texts.value[key]
    keep()
    return true
  }

  /** What someone did with it counts, also while it is written in. */
  function put(draft: Kept): void {
    if (apply(draft)) replaced.value += 1
  }

  /** A colleague goes on with it. */
  function taken(draft: Kept, by: Id): void {
    const name = useCollections().agents.find((one) => one.id === by)?.name ?? ''
    toast(t('composer.draft_taken', { name, number: draft.conversation_id }))
    put(draft)
  }

  /** What is typed is on the server. */
  async function flush(id: Id, mode: Mode): Promise<void> {
    const key = keyOf(id, mode)
    if (!timers.has(key)) return
    clearTimeout(timers.get(key))
    await save(id, mode)
  }

  const isShared = (id: Id): boolean => shared.value[keyOf(id, 'reply')] === true
  /** Show the reply to colleagues, or no longer. */
  async function share(id: Id, on: boolean): Promise<void> {
    await flush(id, 'reply')
    const path = `${session.desk}/conversations/${id}/drafts/reply/share`
    const saved = await (on ? api.post<Draft>(path) : api.delete<Draft>(path))
    shared.value[keyOf(id, 'reply')] = saved.is_shared
  }

  return { texts, replaced, get, has, set, apply, put, taken, flush, restore, isShared, share }
})
