// What is in one column: read page by page, kept in order by what is told, still under the pointer.
import { computed, ref, shallowRef } from 'vue'

import type { Conversation, DeskEvent, Id, Message, ScheduledRow, WallColumn } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { compare } from '@/stores/filters'

import { announce } from './announce'

export interface RowsAnswer {
  tickets: Conversation[]
  messages: Message[]
  scheduled: ScheduledRow[]
  is_last: boolean
}
type Told = DeskEvent<'column_match'>['data']
export type ColumnRows = ReturnType<typeof columnRows>

export function columnRows(column: WallColumn, read: (page: number) => Promise<RowsAnswer>) {
  const conversations = useConversations()
  const ids = shallowRef<Id[]>([])
  const messages = shallowRef<Message[]>([])
  const scheduled = shallowRef<ScheduledRow[]>([])
  const waiting = shallowRef(new Set<Id>())
  const held = ref(false)
  const loading = ref(false)
  const failed = ref(false)
  const complete = ref(false)
  const loaded = ref(false)
  let page = 0
  let request = 0

  const tickets = computed(() =>
    ids.value.map((id) => conversations.byId.get(id)).filter((one): one is Conversation => one !== undefined),
  )
  const size = computed(() =>
    column.kind === 'tickets'
      ? tickets.value.length
      : column.kind === 'messages'
        ? messages.value.length
        : scheduled.value.length,
  )

  function order(a: Id, b: Id): number {
    const [one, other] = [conversations.byId.get(a), conversations.byId.get(b)]
    if (!one || !other) return 0
    const sorted = compare(column.order === 'waiting' ? 'waiting_since_asc' : 'last_activity_at_desc', one, other)
    return column.is_flipped ? -sorted : sorted
  }
  const sorted = (some: Iterable<Id>) => [...new Set(some)].filter((id) => conversations.byId.has(id)).sort(order)

  async function readOn(anew: boolean): Promise<void> {
    const mine = ++request
    loading.value = true
    failed.value = false
    try {
      const next = anew ? 1 : page + 1
      const came = await read(next)
      if (mine !== request) return
      for (const one of came.tickets) conversations.upsert(one)
      const found = came.tickets.map((one) => one.id)
      if (anew) waiting.value = new Set()
      ids.value = sorted(anew ? found : [...ids.value, ...found])
      messages.value = anew ? came.messages : once([...messages.value, ...came.messages])
      scheduled.value = anew ? came.scheduled : once([...scheduled.value, ...came.scheduled])
      complete.value = came.is_last
      page = next
      loaded.value = true
    } catch {
      if (mine === request) failed.value = true
    } finally {
      if (mine === request) loading.value = false
    }
  }
  const once = <T extends { id: Id }>(some: T[]): T[] => [...new Map(some.map((one) => [one.id, one])).values()]

  function reload(): void {
    void readOn(true)
  }
  function more(): void {
    if (!loading.value && !complete.value && loaded.value) void readOn(false)
  }

  /** A conversation changed: it is in these columns now. */
  function matched({ id, columns, messages: said }: Told): void {
    if (column.kind === 'messages') {
      if (
        Object.entries(said).some(
          ([one, keys]) => keys.includes(column.key) || messages.value.some((m) => m.id === Number(one)),
        )
      )
        later()
      return
    }
    if (column.kind !== 'tickets') return
    const known = ids.value.includes(id)
    if (!columns.includes(column.key)) {
      if (known) ids.value = ids.value.filter((one) => one !== id)
      if (waiting.value.has(id)) waiting.value = new Set([...waiting.value].filter((one) => one !== id))
      return
    }
    if (!known && !waiting.value.has(id) && loaded.value) announce(column, conversations.byId.get(id))
    if (held.value) {
      if (!known) waiting.value = new Set(waiting.value).add(id)
      return
    }
    place(id)
  }
  function place(id: Id): void {
    const next = sorted([...ids.value, id])
    // What stands behind the last one that was read comes with the page it belongs to.
    if (!complete.value && !ids.value.includes(id) && next.at(-1) === id) return
    ids.value = next
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  function later(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (held.value) waiting.value = new Set(waiting.value).add(-1)
      else reload()
    }, 300)
  }
  /** The pointer has left, or asked for what is new. */
  function settle(): void {
    held.value = false
    if (column.kind === 'tickets') ids.value = sorted([...ids.value, ...waiting.value])
    else if (waiting.value.size) reload()
    waiting.value = new Set()
  }
  function hold(): void {
    held.value = true
  }
  function stop(): void {
    request += 1
    clearTimeout(timer)
  }

  reload()
  return {
    key: column.key, flipped: column.is_flipped, order: column.order, tickets, messages, scheduled, size, waiting, loading,
    failed, complete, loaded, reload, more, matched, settle, hold, stop,
  } // prettier-ignore
}
