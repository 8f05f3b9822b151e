// What is asked for in the dialog: days, filters and form, counted while they change.
import { computed, onScopeDispose, reactive, ref, watch } from 'vue'

import { ApiError } from '@/api/client'
import type { Condition, FilterField } from '@/api/models'
import { useFilterFields } from '@/stores/filterFields'
import { useExports, type Export, type ExportAsked } from '@/stores/exports'

import { lastDayFrom } from './words'

const PAUSE_MS = 350
/** What each kind is filtered by, in the order on the screen; the customer comes last, and is written. */
const KEYS: Record<Export['kind'], string[]> = {
  tickets: [
    'inbox_id', 'channel', 'assigned_to', 'assignee_id', 'bot_id', 'team_id', 'ticket_state', 'reply', 'addressed',
    'important', 'comments', 'extra_information', 'labels', 'priority',
  ],
  messages: [
    'inbox_id', 'channel', 'reply', 'assigned_to', 'assignee_id', 'bot_id', 'privacy', 'mention', 'published_by',
    'published_by_agent', 'published_by_bot',
  ],
} // prettier-ignore

export function useNewExport(first: ExportAsked) {
  const store = useExports()
  const known = useFilterFields()
  const asked = reactive({ ...first })
  const values = ref<Record<string, (string | number)[]>>(
    Object.fromEntries(first.conditions.map((one) => [one.attribute_key, one.values])),
  )
  const client = ref(String(values.value.client?.[0] ?? ''))
  const noun = computed(() => (asked.kind === 'tickets' ? 'conversation' : 'message'))
  const fields = computed<FilterField[]>(() =>
    KEYS[asked.kind].flatMap((key) => known.of(noun.value).find((one) => one.key === key && !one.model) ?? []),
  )
  /** The order of waiting is of those that wait: the reply has nothing to say (D-COL-26). */
  const isLocked = (field: FilterField): boolean =>
    field.key === 'reply' && asked.kind === 'tickets' && asked.order === 'waiting'

  const conditions = computed<Condition[]>(() => {
    const chosen = fields.value.filter((one) => values.value[one.key]?.length && !isLocked(one))
    const given = chosen.map((one) => [one.key, 'equal_to', values.value[one.key] ?? []] as const)
    const written = client.value.trim() ? [['client', 'contains', [client.value.trim()]] as const] : []
    return [...given, ...written].map(([key, operator, some]) => ({
      attribute_key: key,
      filter_operator: operator,
      values: [...some],
      query_operator: 'AND',
    }))
  })
  const whole = computed<ExportAsked>(() => ({ ...asked, conditions: conditions.value }))
  const isLong = computed(() => !!asked.begins && asked.ends > lastDayFrom(asked.begins))

  const rows = ref<number>()
  const bytes = ref(0)
  const problem = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0
  async function count(mine: number): Promise<void> {
    try {
      const found = await store.tally(whole.value)
      if (mine !== turn) return
      rows.value = found.rows
      bytes.value = found.bytes
    } catch (error) {
      if (mine === turn && error instanceof ApiError) problem.value = error.message
    }
  }
  watch(
    whole,
    () => {
      clearTimeout(timer)
      const mine = (turn += 1)
      rows.value = undefined
      problem.value = ''
      if (!isLong.value) timer = setTimeout(() => void count(mine), PAUSE_MS)
    },
    { immediate: true },
  )
  watch(noun, (one) => void known.load(one), { immediate: true })
  onScopeDispose(() => clearTimeout(timer))

  return {
    asked,
    values,
    client,
    fields,
    isLocked,
    whole,
    isLong,
    rows,
    bytes,
    problem,
    used: computed(() => conditions.value.length),
  }
}
