// Changes of many conversations that the server works through by itself: how far they are, stopped, and taken back.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { BulkChangeState, Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain } from './acts'
import { useConversations } from './conversations'
import { useSession } from './session'

const AT_WORK = ['running', 'undoing']
export const isAtWork = (one: BulkChangeState): boolean => AT_WORK.includes(one.state)

export const useBulkChanges = defineStore('bulkChanges', () => {
  const session = useSession()
  const all = shallowRef<BulkChangeState[]>([])
  /** Those that were at work while this screen looked; what ended before needs no word. */
  const followed = ref(new Set<Id>())
  const shown = computed(() => all.value.filter((one) => followed.value.has(one.id)))
  const base = () => `${session.desk}/bulk_changes`

  function take(next: BulkChangeState[]): void {
    const before = new Map(all.value.map((one) => [one.id, one]))
    all.value = next
    for (const one of next) {
      if (isAtWork(one)) followed.value.add(one.id)
      const was = before.get(one.id)
      if (was && isAtWork(was) && !isAtWork(one)) ended(one)
    }
  }
  function ended(one: BulkChangeState): void {
    void useConversations().refresh()
    const text =
      one.state === 'undone' ? t('bulk.undone', { count: one.undone }) : t('bulk.done', { count: one.changed })
    toast(text, one.can_be_undone ? () => void undo(one.id) : undefined)
    if (!one.refused && one.state !== 'undone') return dismiss(one.id)
    if (one.state === 'undone' && !one.changed) dismiss(one.id)
  }

  let loading: Promise<void> | undefined
  let again = false
  /** Word of it comes often while it works: one question at a time, and one more for all that came meanwhile. */
  function load(): Promise<void> {
    if (loading) again = true
    loading ??= (async () => {
      do {
        again = false
        take(await api.get<BulkChangeState[]>(base()))
      } while (again)
    })().finally(() => (loading = undefined))
    return loading
  }

  async function begin(what: object, selection: object): Promise<boolean> {
    try {
      const made = await api.post<BulkChangeState>(base(), { ...what, selection })
      take([made, ...all.value])
      return true
    } catch (error) {
      explain(error)
      return false
    }
  }
  async function ask(id: Id, verb: 'cancel' | 'undo'): Promise<void> {
    try {
      const now = await api.post<BulkChangeState>(`${base()}/${id}/${verb}`)
      take(all.value.map((one) => (one.id === id ? now : one)))
    } catch (error) {
      explain(error)
    }
  }
  const cancel = (id: Id) => ask(id, 'cancel')
  const undo = (id: Id) => ask(id, 'undo')
  const refused = (id: Id) => api.get<{ id: Id; reason: string }[]>(`${base()}/${id}/refused`)
  function dismiss(id: Id): void {
    followed.value.delete(id)
  }

  return { shown, load, begin, cancel, undo, refused, dismiss }
})
