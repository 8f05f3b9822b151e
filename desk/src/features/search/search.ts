// What the search page knows: the address says what is asked, the server what is found.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import { useSession } from '@/stores/session'

import { chipOf, cut, together, type Operator, type Typed } from './words'

export type Hit = components['schemas']['HitShape']
export type Facets = components['schemas']['FacetsAnswer']
export type Answer = components['schemas']['HitsAnswer']

export const KINDS = ['all', 'messages', 'notes', 'conversations', 'contacts'] as const
export type Kind = (typeof KINDS)[number]
/** Of the messages; contacts and conversations stand above them. */
export const SORTS = ['newest', 'oldest', 'relevance'] as const
export type Sort = (typeof SORTS)[number]

/** Which hit was chosen last of which question: who comes back from a conversation stands there again. */
const left = { asked: '', key: '' }

export interface Search {
  operators: Ref<Operator[]>
  typed: ComputedRef<Typed>
  kind: ComputedRef<Kind>
  sort: ComputedRef<Sort>
  hits: Ref<Hit[]>
  facets: Ref<Facets | undefined>
  answer: Ref<Answer | undefined>
  loading: Ref<boolean>
  failed: Ref<boolean>
  at: Ref<number>
  ask: (typed: string, kind?: Kind, sort?: Sort) => void
  toggle: (operator: string, value: string) => void
  has: (operator: string, value: string) => boolean
  more: () => Promise<void>
  load: () => Promise<void>
}
export const keyOf = (hit: Hit): string => `${hit.kind}${hit.id}`

export function useSearch(): Search {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const base = `/api/desk/accounts/${session.accountId}/search`
  const operators = ref<Operator[]>([])
  const hits = ref<Hit[]>([])
  const facets = ref<Facets>()
  const answer = ref<Answer>()
  const loading = ref(false)
  const failed = ref(false)
  const at = ref(0)

  const q = computed(() => String(route.query.q ?? ''))
  const kind = computed(() => KINDS.find((one) => one === route.query.kind) ?? 'all')
  const sort = computed(() => SORTS.find((one) => one === route.query.sort) ?? 'newest')
  const typed = computed(() => cut(q.value, operators.value))

  function ask(text: string, which: Kind = kind.value, order: Sort = sort.value): void {
    const query = {
      ...(text ? { q: text } : {}),
      ...(which === 'all' ? {} : { kind: which }),
      ...(order === 'newest' ? {} : { sort: order }),
    }
    void router.replace({ query })
  }

  let request = 0
  async function load(): Promise<void> {
    const mine = ++request
    failed.value = false
    if (!q.value.trim()) {
      hits.value = []
      answer.value = facets.value = undefined
      loading.value = false
      return
    }
    loading.value = true
    const query = { q: q.value, kind: kind.value }
    const counting = api.get<Facets>(`${base}/facets`, query).catch(() => undefined)
    try {
      const said = await api.get<Answer>(base, { ...query, sort: sort.value })
      if (mine !== request) return
      answer.value = said
      hits.value = said.payload
      const before = left.asked === route.fullPath ? said.payload.findIndex((one) => keyOf(one) === left.key) : 0
      at.value = Math.max(0, before)
      const counted = await counting
      if (mine === request) facets.value = counted
    } catch {
      if (mine === request) failed.value = true
    } finally {
      if (mine === request) loading.value = false
    }
  }

  let fetching = false
  async function more(): Promise<void> {
    const before = answer.value?.next
    if (!before || fetching) return
    fetching = true
    const mine = request
    try {
      const said = await api.get<Answer>(base, { q: q.value, kind: kind.value, sort: sort.value, before })
      if (mine !== request) return
      answer.value = { ...said, seconds: answer.value?.seconds ?? said.seconds }
      hits.value = [...hits.value, ...said.payload]
    } catch {
      // The next step down asks again.
    } finally {
      fetching = false
    }
  }

  function chipFor(key: string, value: string): string {
    const operator = operators.value.find((one) => one.key === key)
    return operator ? chipOf(operator, value) : ''
  }
  const has = (key: string, value: string): boolean => typed.value.chips.includes(chipFor(key, value))
  function toggle(key: string, value: string): void {
    const chip = chipFor(key, value)
    const { chips, text } = typed.value
    ask(together({ chips: has(key, value) ? chips.filter((one) => one !== chip) : [...chips, chip], text }))
  }

  watch([q, kind, sort], () => void load(), { immediate: true })
  watch(at, () => {
    const hit = hits.value[at.value]
    if (hit) Object.assign(left, { asked: route.fullPath, key: keyOf(hit) })
  })
  void api
    .get<{ payload: Operator[] }>(`${base}/operators`)
    .then(({ payload }) => (operators.value = payload))
    .catch(() => undefined)

  return { operators, typed, kind, sort, hits, facets, answer, loading, failed, at, ask, toggle, has, more, load }
}
