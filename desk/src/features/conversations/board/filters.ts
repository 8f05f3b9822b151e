// A column's filter as its dialog has it: each field is "not considered" until it is set. The wire has conditions.
import type { Condition, WallColumn } from '@/api/models'

export type Kind = WallColumn['kind']
export type Order = WallColumn['order']
/** What is set, by the field's key; what is not considered is not there. */
export type Values = Record<string, (string | number)[]>

export interface FilterSpec {
  /** The condition's key. */
  key: string
  kinds: Kind[]
  operator?: string
  /** How it is given. */
  input: 'choice' | 'many' | 'text' | 'day' | 'who'
  /** Its own name where several fields share a key. */
  name?: string
  full?: boolean
  /** Given in the field of that name. */
  within?: string
}

const ALL: Kind[] = ['tickets', 'messages', 'scheduled']
const TICKETS: Kind[] = ['tickets']
const MESSAGES: Kind[] = ['messages']
const SAID: Kind[] = ['tickets', 'messages']

/** In the order in which the dialog shows them. */
export const FILTERS: FilterSpec[] = [
  { key: 'channel', kinds: ALL, input: 'many' },
  { key: 'inbox_id', kinds: ALL, input: 'many' },
  { key: 'assigned_to', kinds: SAID, input: 'who' },
  { key: 'assignee_id', kinds: SAID, input: 'many', within: 'assigned_to' },
  { key: 'bot_id', kinds: SAID, input: 'many', within: 'assigned_to' },
  { key: 'team_id', kinds: TICKETS, input: 'many' },
  { key: 'ticket_state', kinds: TICKETS, input: 'many' },
  { key: 'reply', kinds: SAID, input: 'choice' },
  { key: 'addressed', kinds: TICKETS, input: 'choice' },
  { key: 'important', kinds: TICKETS, input: 'choice' },
  { key: 'comments', kinds: TICKETS, input: 'choice' },
  { key: 'extra_information', kinds: TICKETS, input: 'choice' },
  { key: 'privacy', kinds: MESSAGES, input: 'choice' },
  { key: 'mention', kinds: MESSAGES, input: 'choice' },
  { key: 'published_by', kinds: MESSAGES, input: 'choice' },
  { key: 'published_by_agent', kinds: MESSAGES, input: 'many' },
  { key: 'client', kinds: SAID, input: 'text', operator: 'contains', full: true },
  { key: 'created_at', kinds: ALL, input: 'day', operator: 'is_on_or_after', name: 'from' },
  { key: 'created_at', kinds: ALL, input: 'day', operator: 'is_on_or_before', name: 'to' },
]

export const nameOf = (spec: FilterSpec): string => spec.name ?? spec.key
/** The order by waiting time shows those who wait for a reply, and no filter says otherwise. */
export const isLocked = (spec: FilterSpec, kind: Kind, order: Order): boolean =>
  spec.key === 'reply' && kind === 'tickets' && order === 'waiting'
export const filtersOf = (kind: Kind): FilterSpec[] => FILTERS.filter((one) => one.kinds.includes(kind))

/** What is sent: the fields of the kind that are set, all of them at once. */
export function conditionsOf(kind: Kind, order: Order, values: Values, others: Condition[] = []): Condition[] {
  const own = filtersOf(kind)
    .filter((one) => values[nameOf(one)]?.length && !isLocked(one, kind, order))
    .map((one): Condition => ({
      attribute_key: one.key,
      filter_operator: one.operator ?? 'equal_to',
      values: values[nameOf(one)] ?? [],
      query_operator: 'AND',
    }))
  return [...own, ...others]
}

/** The other way. `others` is what no field of the dialog says: it stays as it is, from its first word on. */
export function valuesOf(kind: Kind, conditions: readonly Condition[]): { values: Values; others: Condition[] } {
  const values: Values = {}
  const specs = filtersOf(kind)
  const plain = !conditions.some((one) => one.query_operator === 'OR')
  const others = conditions.filter((one) => {
    const spec = specs.find(
      (field) => field.key === one.attribute_key && (field.operator ?? 'equal_to') === one.filter_operator,
    )
    if (!plain || !spec || one.custom_attribute_type || nameOf(spec) in values) return true
    values[nameOf(spec)] = one.values.map((value) => (typeof value === 'number' ? String(value) : value))
    return false
  })
  return { values, others }
}

const WHO = ['assigned_to', 'assignee_id', 'bot_id']
/** Who has it, as one choice: a word (`assigned_to:nobody`), or one or more agents or bots (`assignee_id:7`). */
export const whoOf = (values: Values): string[] =>
  WHO.flatMap((key) => (values[key] ?? []).map((value) => `${key}:${value}`))
export const withoutWho = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !WHO.includes(name)))
export function withWho(values: Values, chosen: string): Values {
  const [key = '', value = ''] = chosen.split(':')
  const before = (values[key] ?? []).map(String)
  const rest = withoutWho(values)
  const next = before.includes(value)
    ? before.filter((one) => one !== value)
    : key === 'assigned_to'
      ? [value]
      : [...before, value]
  return next.length ? { ...rest, [key]: next } : rest
}
