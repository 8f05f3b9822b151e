// The rows of the list that are chosen, and one change to all of them with one way back.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain } from './acts'
import { type BulkChange, type BulkRequest, type Facts, wayBack } from './bulk'
import { useConversations } from './conversations'
import { useBulkChanges } from './bulkChanges'
import { asQuery, type ListFilter } from './filters'
import { useSession } from './session'

interface Answer {
  total: number
  payload: Facts[]
}

/** So many are changed while one waits; more are worked through by the server. */
const AT_ONCE = 100

export const useSelection = defineStore('selection', () => {
  const session = useSession()
  const conversations = useConversations()
  const changes = useBulkChanges()
  const ids = shallowRef<ReadonlySet<Id>>(new Set())
  const busy = ref(false)
  let last: Id | undefined
  /** Channels of chosen ones that were never loaded here. */
  const inboxOf = new Map<Id, Id>()

  /** More than are named in `ids`: all that the filter means, this many. */
  const whole = ref(0)
  const count = computed(() => whole.value || ids.value.size)
  const inboxes = computed(() => [
    ...new Set([...ids.value].flatMap((id) => conversations.byId.get(id)?.inbox_id ?? inboxOf.get(id) ?? [])),
  ])

  /** Choose one more or one less; with `range` all from the last one to this in the order of the list. */
  function mark(id: Id, range: boolean): void {
    const next = new Set(ids.value)
    if (range && last !== undefined) {
      const order = conversations.list.map((row) => row.id)
      const [from, to] = [order.indexOf(last), order.indexOf(id)].sort((a, b) => a - b)
      for (const one of order.slice(Math.max(0, from ?? 0), (to ?? 0) + 1)) next.add(one)
    } else if (!next.delete(id)) next.add(id)
    last = id
    whole.value = 0
    ids.value = next
  }
  function clear(): void {
    if (ids.value.size) ids.value = new Set()
    whole.value = 0
    last = undefined
  }

  function ask(what: object): Promise<Answer> {
    return api.post<Answer>(`${session.desk}/selection`, what)
  }
  const meant = (filter: ListFilter) => ({
    conditions: filter.conditions,
    filters: { ...asQuery(filter, 1), page: undefined },
  })
  /** All that the filter means, also what is not loaded. */
  async function chooseAll(): Promise<void> {
    const asked = conversations.filter
    busy.value = true
    try {
      const { total, payload } = await ask(meant(asked))
      if (conversations.filter !== asked) return
      for (const one of payload) inboxOf.set(one.id, one.inbox_id)
      ids.value = new Set(payload.map((one) => one.id))
      whole.value = total > payload.length ? total : 0
    } catch (error) {
      explain(error)
    } finally {
      busy.value = false
    }
  }

  function send(request: BulkRequest): Promise<unknown> {
    return api.post(`${session.base}/bulk_actions`, { type: 'Conversation', ...request })
  }
  /** One after the other: together they would only wait for one another. */
  async function takeBack(requests: BulkRequest[]): Promise<void> {
    try {
      for (const request of requests) await send(request)
    } catch (error) {
      explain(error)
    }
  }
  /** All that are chosen to the server, which works through them by itself. */
  async function hand(work: (all: object) => Promise<boolean>): Promise<void> {
    busy.value = true
    const begun = await work(whole.value ? meant(conversations.filter) : { ids: [...ids.value] })
    busy.value = false
    if (begun) clear()
  }
  async function runMacro(id: Id): Promise<void> {
    if (!busy.value && ids.value.size) await hand((all) => changes.runMacro(id, all))
  }
  /** Change all that are chosen. What it moved is looked up before and after, so that one undo brings all of it back. */
  async function change(what: BulkChange): Promise<void> {
    if (busy.value || !ids.value.size) return
    const chosen = [...ids.value]
    if (whole.value || chosen.length > AT_ONCE) return hand((all) => changes.begin(what, all))
    busy.value = true
    try {
      const before = (await ask({ ids: chosen })).payload
      const refused = await send({ ...what, ids: chosen }).then(
        () => undefined,
        (error: unknown) => error ?? new Error(),
      )
      if (refused) explain(refused)
      const back = wayBack(before, (await ask({ ids: chosen })).payload)
      const undo = back.length ? () => void takeBack(back) : undefined
      const moved = refused ? back.reduce((sum, one) => sum + one.ids.length, 0) : chosen.length
      if (moved) toast(t('bulk.done', { count: moved }), undo)
      if (!refused) clear()
    } catch (error) {
      explain(error)
    } finally {
      busy.value = false
    }
  }

  return { ids, count, inboxes, busy, mark, clear, chooseAll, change, runMacro }
})
