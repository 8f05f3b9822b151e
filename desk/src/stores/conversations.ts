// Conversations by number, and the list on the screen: what belongs in it, in which order, and what waits to be shown.
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive } from 'vue'

import { api, ApiError } from '@/api/client'
import type { Condition, Conversation, Id, ListMeta } from '@/api/models'

import { asQuery, compare, emptyFilter, keyOf, matches, type ListFilter } from './filters'
import { useSession } from './session'

const PAGE = 25
interface ListAnswer {
  data: { meta: ListMeta; payload: Conversation[] }
}

export const useConversations = defineStore('conversations', () => {
  const session = useSession()
  const byId = shallowReactive(new Map<Id, Conversation>())
  const filter = ref<ListFilter>(emptyFilter())
  const ids = ref<Id[]>([])
  /** The one that the address names, loaded or not. */
  const openId = ref<Id>()
  /** The one for which another is being chosen to merge it with. */
  const merging = ref<Id>()
  const held = ref(false)
  const waiting = ref<Set<Id>>(new Set())
  const meta = ref<ListMeta>({ mine_count: 0, assigned_count: 0, unassigned_count: 0, all_count: 0 })
  const loading = ref(false)
  const failed = ref(false)
  const page = ref(0)
  const complete = ref(false)
  const remembered = new Map<string, { ids: Id[]; meta: ListMeta; page: number; complete: boolean }>()
  let request = 0

  const list = computed(() =>
    ids.value.map((id) => byId.get(id)).filter((one): one is Conversation => one !== undefined),
  )

  /** Take the newer of what is known and what came; whether anything changed. */
  function upsert(conversation: Conversation): boolean {
    const known = byId.get(conversation.id)
    if (known && known.version > conversation.version) return false
    byId.set(conversation.id, conversation)
    return true
  }

  /** A live change: the row moves in or out at once, unless a hand is on the list. */
  function apply(conversation: Conversation): void {
    if (!upsert(conversation)) return
    place(byId.get(conversation.id) as Conversation)
    countsLater()
  }

  function place(conversation: Conversation): void {
    const belongs = matches(filter.value, conversation, session.user?.id ?? 0)
    const listed = ids.value.includes(conversation.id)
    if (belongs === undefined) return reloadLater()
    if (!belongs) {
      waiting.value.delete(conversation.id)
      if (listed) ids.value = ids.value.filter((id) => id !== conversation.id)
      return
    }
    if (held.value) {
      if (!listed) waiting.value = new Set(waiting.value).add(conversation.id)
      return
    }
    ids.value = sorted(listed ? ids.value : [...ids.value, conversation.id])
  }

  function sorted(some: Id[]): Id[] {
    const known = [...new Set(some)].filter((id) => byId.has(id))
    return known.sort((a, b) => compare(filter.value.sortBy, byId.get(a) as Conversation, byId.get(b) as Conversation))
  }

  /** The hand has left the list, or asked for what is new: order it as it should be. */
  function settle(): void {
    held.value = false
    ids.value = sorted([...ids.value, ...waiting.value])
    waiting.value = new Set()
  }

  /** What conversations carry of others changed: `now` answers the conversation itself where it did not. */
  function renew(now: (one: Conversation) => Conversation): void {
    for (const [id, one] of [...byId]) {
      const changed = now(one)
      if (changed !== one) byId.set(id, changed)
    }
  }

  function remove(id: Id): void {
    byId.delete(id)
    ids.value = ids.value.filter((one) => one !== id)
    countsLater()
  }

  async function show(next: ListFilter): Promise<void> {
    remembered.set(keyOf(filter.value), {
      ids: ids.value,
      meta: meta.value,
      page: page.value,
      complete: complete.value,
    })
    filter.value = next
    waiting.value = new Set()
    held.value = false
    const known = remembered.get(keyOf(next))
    ids.value = known ? sorted(known.ids) : []
    if (known) meta.value = known.meta
    await reload()
  }

  /** The list as it is, asked for with something different. */
  const refine = (changes: Partial<ListFilter>) => show({ ...filter.value, ...changes })

  async function reload(): Promise<void> {
    page.value = 0
    complete.value = false
    await more(true)
  }

  let reading: Promise<void> = Promise.resolve()
  /** The next page, once at a time: whoever asks while it comes waits for the same one. */
  function more(anew = false): Promise<void> {
    if (anew || !(loading.value || complete.value)) reading = readOn(anew)
    return reading
  }
  async function readOn(anew: boolean): Promise<void> {
    const mine = ++request
    const listed = new Set(ids.value)
    loading.value = true
    failed.value = false
    try {
      // Rows that have left since made others move up, into pages that were read: those are read again first.
      let number = anew ? 1 : Math.min(page.value, Math.floor(ids.value.length / PAGE)) + 1
      let read = await fetchPage(number)
      const isNew = (one: Conversation) => !ids.value.includes(one.id) && isStillHere(one)
      if (mine === request && number <= page.value && !read.payload.some(isNew))
        read = await fetchPage((number = page.value + 1))
      if (mine !== request) return
      const { meta: counts, payload } = read
      for (const conversation of payload) upsert(conversation)
      page.value = Math.max(page.value, number)
      complete.value = payload.length < PAGE
      meta.value = { ...meta.value, ...counts }
      const given = payload.filter(isStillHere).map((one) => one.id)
      if (!anew) ids.value = [...new Set([...ids.value, ...given])]
      else {
        const came = ids.value.filter((id) => !listed.has(id) && !given.includes(id))
        ids.value = came.length ? sorted([...given, ...came]) : given
      }
    } catch {
      if (mine === request) failed.value = true
    } finally {
      if (mine === request) loading.value = false
    }
  }

  /** Whether it belongs in the list, of which a page says so: the stream may have told something newer meanwhile. */
  function isStillHere(listed: Conversation): boolean {
    const known = byId.get(listed.id)
    if (!known || known.version <= listed.version) return true
    return matches(filter.value, known, session.user?.id ?? 0) !== false
  }

  type Page = { meta: ListMeta; payload: Conversation[] }
  const filtered = (conditions: Condition[], page: number, more: object = {}): Promise<Page> =>
    api.post(`${session.base}/conversations/filter`, { payload: conditions, ...more }, { page })

  /** How many conversations the conditions find. */
  async function countOf(conditions: Condition[]): Promise<number> {
    return (await filtered(conditions, 1)).meta.all_count
  }

  async function fetchPage(number: number): Promise<Page> {
    if (filter.value.conditions.length > 0)
      return filtered(filter.value.conditions, number, {
        assignee_type: filter.value.tab,
        sort_by: filter.value.sortBy,
      })
    return (await api.get<ListAnswer>(`${session.base}/conversations`, asQuery(filter.value, number))).data
  }

  let reloadTimer: ReturnType<typeof setTimeout> | undefined
  function reloadLater(): void {
    clearTimeout(reloadTimer)
    reloadTimer = setTimeout(() => void reload(), 700)
  }

  let countsTimer: ReturnType<typeof setTimeout> | undefined
  function countsLater(): void {
    if (countsTimer) return
    countsTimer = setTimeout(async () => {
      countsTimer = undefined
      if (filter.value.conditions.length > 0) return
      try {
        const query = { ...asQuery(filter.value, 1), page: undefined, assignee_type: undefined }
        meta.value = (await api.get<{ meta: ListMeta }>(`${session.base}/conversations/meta`, query)).meta
      } catch {
        // The next change asks again.
      }
    }, 300)
  }

  async function load(id: Id): Promise<Conversation> {
    const conversation = await api.get<Conversation>(`${session.base}/conversations/${id}`)
    upsert(conversation)
    return byId.get(id) as Conversation
  }

  /** One that we begin; its number. */
  async function begin(fields: Record<string, unknown>): Promise<Id> {
    const begun = await api.post<Conversation>(`${session.base}/conversations`, fields)
    apply(begun)
    return begun.id
  }
  /** One begins or stops to follow it. One alone is told of, so that what colleagues change meanwhile stands. */
  function setFollows(id: Id, who: Id, follows: boolean): Promise<unknown> {
    const [path, people] = [`${session.base}/conversations/${id}/participants`, { user_ids: [who] }]
    return follows ? api.post(path, people) : api.delete(path, people)
  }

  /**
   * Ask anew for what is on the screen: the list as it was asked for, and the open conversation. What was known before
   * and is not confirmed goes; what came live meanwhile stays.
   */
  async function refresh(): Promise<void> {
    const mine = ++request
    const before = new Map(byId)
    const listed = new Set(ids.value)
    try {
      const open = openId.value
      const isGone = (error: unknown) =>
        error instanceof ApiError && error.status < 500 ? undefined : Promise.reject(error as Error)
      const asked =
        open === undefined ? undefined : api.get<Conversation>(`${session.base}/conversations/${open}`).catch(isGone)
      const [{ meta: counts, payload }, opened] = await Promise.all([fetchPage(1), asked])
      if (mine !== request) return
      remembered.clear()
      const confirmed = new Set([...payload, ...(opened ? [opened] : [])].map((one) => one.id))
      for (const [id, known] of before)
        if (!confirmed.has(id) && id !== open && id !== openId.value && byId.get(id) === known) byId.delete(id)
      if (open !== undefined && !opened) byId.delete(open)
      for (const conversation of [...payload, ...(opened ? [opened] : [])]) upsert(conversation)
      const came = ids.value.filter((id) => !listed.has(id) && !payload.some((one) => one.id === id))
      ids.value = sorted([...payload.map((one) => one.id), ...came])
      meta.value = { ...meta.value, ...counts }
      page.value = 1
      complete.value = payload.length < PAGE
      failed.value = false
    } catch {
      if (mine === request) failed.value = true
    } finally {
      if (mine === request) loading.value = false
    }
  }

  return {
    byId,
    filter,
    ids,
    openId,
    merging,
    list,
    held,
    waiting,
    meta,
    loading,
    failed,
    complete,
    upsert,
    apply,
    settle,
    renew,
    remove,
    show,
    refine,
    reload,
    more,
    load,
    begin,
    setFollows,
    refresh,
    countsLater,
    countOf,
  }
})
