// Unsent texts per conversation and mode: at once in this browser, soon after on the server, seen on another machine.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { Draft, Id } from '@/api/models'

import { useSession } from './session'

export type Mode = Draft['mode']
const SAVE_AFTER_MS = 600

export const useDrafts = defineStore('drafts', () => {
  const session = useSession()
  const texts = ref<Record<string, string>>({})
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

  /** Written on another machine: taken unless this one is being typed in. */
  function apply(id: Id, mode: Mode, content: string): void {
    const key = keyOf(id, mode)
    if (timers.has(key)) return
    if (content) texts.value[key] = content
    else delete texts.value[key]
    keep()
  }

  return { texts, get, has, set, apply, restore }
})
