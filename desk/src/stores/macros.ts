// Macros, and the runs that were begun here: told of step by step, and taken back in one.
import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { ActionKind, Conversation, Id, Macro, MacroRun, WireAction } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain, mayWrite } from './acts'
import { useConversations } from './conversations'
import { useSession } from './session'

export interface MacroFields {
  name: string
  visibility: string
  actions: WireAction[]
}
/** A worker begins at once; where no word of it comes, it is asked for. */
const ASKED_AGAIN_MS = 1500
const isOver = (run: MacroRun): boolean => run.state === 'done' || run.state === 'undone'

export const useMacros = defineStore('macros', () => {
  const session = useSession()
  const list = shallowRef<Macro[]>([])
  const kinds = shallowRef<ActionKind[]>([])
  const loaded = ref(false)
  const failed = ref(false)
  /** The latest run of each conversation, until it is put away. */
  const runs = shallowReactive(new Map<Id, MacroRun>())
  const watched = new Map<Id, (run: MacroRun) => void>()

  async function load(): Promise<void> {
    failed.value = false
    try {
      const [macros, actions] = await Promise.all([
        api.get<{ payload: Macro[] }>(`${session.base}/macros`),
        api.get<{ payload: ActionKind[] }>(`${session.desk}/actions`),
      ])
      list.value = macros.payload
      kinds.value = actions.payload
      loaded.value = true
    } catch {
      failed.value = !loaded.value
    }
  }
  let asked = false
  /** For whoever shows them: fetched once, and again when something changed. */
  function need(): void {
    if (asked && !failed.value) return
    asked = true
    void load()
  }
  function changed(): void {
    if (asked) void load()
  }

  async function save(id: Id | undefined, fields: MacroFields): Promise<void> {
    await (id === undefined
      ? api.post(`${session.base}/macros`, fields)
      : api.patch(`${session.base}/macros/${id}`, fields))
    await load()
  }
  async function remove(id: Id): Promise<void> {
    await api.delete(`${session.base}/macros/${id}`)
    await load()
  }
  async function restore(id: Id): Promise<void> {
    await api.post(`${session.desk}/macros/${id}/restore`)
    await load()
  }

  function take(run: MacroRun): void {
    for (const id of new Set(run.steps.map((step) => step.conversation_id))) runs.set(id, run)
    if (isOver(run)) {
      watched.get(run.id)?.(run)
      watched.delete(run.id)
    }
  }
  async function moved(id: Id): Promise<void> {
    if (!watched.has(id)) return
    const run = await api.get<MacroRun>(`${session.desk}/macro_runs/${id}`).catch(() => undefined)
    if (run) take(run)
  }
  /** Until it is over, by its events or by asking. */
  function follow(run: MacroRun): Promise<MacroRun> {
    return new Promise((done) => {
      const timer = setInterval(() => void moved(run.id), ASKED_AGAIN_MS)
      watched.set(run.id, (over) => {
        clearInterval(timer)
        done(over)
      })
      take(run)
    })
  }
  async function run(macro: Macro, ids: Id[]): Promise<void> {
    if (!mayWrite() || !ids.length) return
    try {
      const path = `${session.desk}/macros/${macro.id}/run`
      const over = await follow(await api.post<MacroRun>(path, { conversation_ids: ids }))
      const wrong = over.steps.filter((step) => step.state === 'failed').length
      const text = wrong ? t('macros.failed', { name: over.name, count: wrong }) : t('macros.done', { name: over.name })
      toast(text, over.steps.some((step) => step.can_be_undone) ? () => void undo(over) : undefined)
      await refresh(over)
    } catch (error) {
      explain(error)
    }
  }
  async function undo(before: MacroRun): Promise<void> {
    try {
      const over = await follow(await api.post<MacroRun>(`${session.desk}/macro_runs/${before.id}/undo`))
      const kept = over.steps.some((step) => step.state === 'done' && step.reason)
      toast(t(kept ? 'macros.undo_failed' : 'macros.undone', { name: over.name }))
      await refresh(over)
    } catch (error) {
      explain(error)
    }
  }
  /** What was changed here stands here, with or without a stream. */
  async function refresh(over: MacroRun): Promise<void> {
    const conversations = useConversations()
    const ids = [...new Set(over.steps.map((step) => step.conversation_id))]
    const open = ids.filter((id) => conversations.byId.has(id)).slice(0, 20)
    const fresh = await Promise.all(open.map((id) => conversations.load(id).catch(() => undefined)))
    for (const one of fresh) if (one) conversations.apply(one as Conversation)
  }
  function putAway(id: Id): void {
    runs.delete(id)
  }
  return { list, kinds, loaded, failed, runs, need, load, changed, moved, save, remove, restore, run, undo, putAway }
})
