// The audit log: what is looked for stands in the address, pages come by asking, an older answer never wins.
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { api, withQuery } from '@/api/client'
import type { components } from '@/api/generated/schema'
import { useSession } from '@/stores/session'

import type { AuditLine } from './sentences'

type Page = components['schemas']['AuditPage']
type Choices = components['schemas']['AuditChoices']

const FIELDS = ['q', 'actor_id', 'subject', 'since', 'until'] as const
export type Field = (typeof FIELDS)[number]

export function useAudit() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const lines = ref<AuditLine[]>([])
  const next = ref<number | null>(null)
  const choices = ref<Choices>({ people: [], subjects: [], events: [] })
  const loading = ref(true)
  const failed = ref(false)
  let turn = 0

  const asked = computed(() =>
    Object.fromEntries(FIELDS.map((field) => [field, String(route.query[field] ?? '')] as const)),
  )
  const isFiltered = computed(() => Object.values(asked.value).some(Boolean))
  const path = (tail = '') => `${session.desk}/audit${tail}`
  const table = computed(() => withQuery(path('.csv'), asked.value))

  function ask(field: Field, value: string): void {
    void router.replace({ query: { ...route.query, [field]: value || undefined } })
  }
  const clear = () => void router.replace({ query: {} })

  async function load(): Promise<void> {
    const mine = ++turn
    loading.value = true
    failed.value = false
    try {
      const page = await api.get<Page>(path(), asked.value)
      if (mine !== turn) return
      lines.value = page.payload
      next.value = page.next
    } catch {
      failed.value = mine === turn
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  async function more(): Promise<void> {
    const mine = turn
    const page = await api.get<Page>(path(), { ...asked.value, before: next.value }).catch(() => undefined)
    if (!page || mine !== turn) return
    lines.value = [...lines.value, ...page.payload]
    next.value = page.next
  }
  async function loadChoices(): Promise<void> {
    choices.value = await api.get<Choices>(path('/choices')).catch(() => choices.value)
  }
  watch(asked, load, { immediate: true })
  void loadChoices()

  return { lines, next, choices, loading, failed, asked, isFiltered, table, ask, clear, load, more }
}
