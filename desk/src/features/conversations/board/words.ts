// What the fields of a column's filter are called, and their values: the server names what it knows, the account its rows.
import { useI18n } from 'vue-i18n'

import type { Condition, FilterField } from '@/api/models'
import { useChoices } from '@/components/conditions/choices'
import { useFilterFields } from '@/stores/filterFields'
import { useSession } from '@/stores/session'
import { plainDay } from '@/ui/time'

import { nameOf, valuesOf, filtersOf, type FilterSpec, type Kind } from './filters'

export function useFilterWords() {
  const { t } = useI18n()
  const session = useSession()
  const fields = useFilterFields()
  const choicesOf = useChoices()
  for (const noun of ['conversation', 'message'] as const)
    if (!fields.of(noun).length) fields.load(noun).catch(() => undefined)

  const fieldOf = (kind: Kind, spec: FilterSpec): FilterField | undefined =>
    fields.of(kind === 'tickets' ? 'conversation' : 'message').find((one) => one.key === spec.key && !one.model)
  const titleOf = (kind: Kind, spec: FilterSpec): string =>
    spec.name ? t(`wall.dates.${kind}_${spec.name}`) : (fieldOf(kind, spec)?.title ?? '')

  function choices(kind: Kind, spec: FilterSpec) {
    const field = fieldOf(kind, spec)
    return field ? choicesOf(field) : []
  }
  function wordsOf(kind: Kind, spec: FilterSpec, values: (string | number)[]): string {
    if (spec.input === 'day') return `${titleOf(kind, spec)} ${plainDay(String(values[0]), session.locale)}`
    if (spec.input === 'text') return `«${values.join(', ')}»`
    const known = choices(kind, spec)
    const one = (value: string | number) => known.find((choice) => String(choice.key) === String(value))?.label
    const words = values.map((value) => one(value) ?? String(value)).join(', ')
    return ['addressed', 'important', 'comments', 'extra_information', 'mention'].includes(spec.key) &&
      known.length === 0
      ? titleOf(kind, spec)
      : words
  }
  /** A filter, a few words for each of its fields. */
  function said(kind: Kind, conditions: readonly Condition[]): string[] {
    const { values, others } = valuesOf(kind, conditions)
    const own = filtersOf(kind)
      .filter((spec) => values[nameOf(spec)]?.length)
      .map((spec) => wordsOf(kind, spec, values[nameOf(spec)] ?? []))
    return others.length ? [...own, t('wall.others', { count: others.length })] : own
  }
  return { titleOf, choices, wordsOf, said }
}
