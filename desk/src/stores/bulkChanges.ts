// Changes of many conversations that the server works through by itself: how far they are, stopped, and taken back.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { BulkChangeState, Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain } from './acts'
import { useConversations } from './conversations'
import { useSession } from './session'

export type BulkRefused = components['schemas']['RefusedShape']

const AT_WORK = ['running', 'undoing']
/** How much was not done: conversations, or steps of a macro in them. */
export const missesOf = (one: BulkChangeState): number =>
  one.name ? one.steps.reduce((sum, step) => sum + step.refused, 0) : one.refused
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
    toast(wordsOf(one), one.can_be_undone ? () => void undo(one.id) : undefined)
    if (!missesOf(one) && one.state !== 'undone') return dismiss(one.id)
    if (one.state === 'undone' && !one.changed) dismiss(one.id)
  }

  function wordsOf(one: BulkChangeState): string {
    const { name } = one
    if (one.state === 'undone') return t(one.undoes_all ? 'bulk.undone' : 'bulk.undone_in_part', { count: one.undone })
    return name ? t('bulk.ran', { name, count: one.changed }) : t('bulk.done', { count: one.changed })
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

  const begin = (what: object, selection: object) => start(base(), { ...what, selection })
  const runMacro = (id: Id, selection: object) => start(`${base()}/macros/${id}`, selection)
  async function start(path: string, asked: object): Promise<boolean> {
    try {
      const made = await api.post<BulkChangeState>(path, asked)
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
  const refused = (id: Id) => api.get<BulkRefused[]>(`${base()}/${id}/refused`)
  function dismiss(id: Id): void {
    followed.value.delete(id)
  }

  return { shown, load, begin, runMacro, cancel, undo, refused, dismiss }
})
