// The rules of conditions, without a screen: what a key takes, what is complete, what is sent.
import type { Condition, FilterField } from '@/api/models'

export type Operator = string

/** How the value of a condition is given. */
export type Input = 'none' | 'choice' | 'switch' | 'date' | 'days' | 'number' | 'text'

const DATES = new Set(['moment', 'date'])

/** One word for a key and whose attribute it is: two may have the same key. */
export function idOf(field: Pick<FilterField, 'key' | 'model'>): string {
  return field.model ? `${field.model}.${field.key}` : field.key
}

export function fieldOf(fields: readonly FilterField[], condition: Condition): FilterField | undefined {
  const model = condition.custom_attribute_type ?? ''
  const named = fields.filter((field) => field.key === condition.attribute_key)
  return named.find((field) => field.model === model) ?? (model ? undefined : named[0])
}

export function inputOf(field: FilterField, operator: Operator): Input {
  if (operator === 'is_present' || operator === 'is_not_present') return 'none'
  if (operator === 'days_before') return 'days'
  if (field.kind === 'boolean') return 'switch'
  if (field.choices.length || field.source || field.codes.length) return 'choice'
  if (DATES.has(field.kind)) return 'date'
  return field.kind === 'number' ? 'number' : 'text'
}

/** The word for an operator: of a day it is "after", of a number "is greater than". */
export function wordOf(field: FilterField, operator: Operator): string {
  if (!DATES.has(field.kind)) return operator
  return { is_greater_than: 'is_later_than', is_less_than: 'is_earlier_than' }[operator] ?? operator
}

/** A condition on that key, as an editor begins with it. */
export function begin(field: FilterField): Condition {
  return {
    attribute_key: field.key,
    custom_attribute_type: field.model,
    filter_operator: field.operators[0] ?? 'equal_to',
    values: field.kind === 'boolean' ? ['true'] : [],
    query_operator: null,
  }
}

/** What a filter begins with: the first key, and the first of its words where it has some. */
export function beginFilter(field: FilterField): Condition {
  const first = field.choices[0]
  return first ? { ...begin(field), values: [first.value] } : begin(field)
}

/** Another operator keeps the value where it is given the same way. */
export function withOperator(field: FilterField, condition: Condition, operator: Operator): Condition {
  const same = inputOf(field, operator) === inputOf(field, condition.filter_operator)
  const values = same ? condition.values : field.kind === 'boolean' ? ['true'] : []
  return { ...condition, filter_operator: operator, values }
}

export function isComplete(fields: readonly FilterField[], condition: Condition): boolean {
  const field = fieldOf(fields, condition)
  if (!field?.operators.includes(condition.filter_operator)) return false
  if (inputOf(field, condition.filter_operator) === 'none') return true
  return condition.values.some((value) => String(value).trim() !== '')
}

/** As the server takes them: joined by a word but the last, and no values where there are none to give. */
export function asked(fields: readonly FilterField[], conditions: readonly Condition[]): Condition[] {
  return conditions.map((condition, index) => {
    const field = fieldOf(fields, condition)
    const without = field && inputOf(field, condition.filter_operator) === 'none'
    return {
      ...condition,
      values: without ? [] : condition.values,
      query_operator: index === conditions.length - 1 ? null : (condition.query_operator ?? 'AND'),
    }
  })
}

/** The rest without one of them: what stood apart by OR stands apart still, as (a and b) or c becomes a or c. */
export function without(conditions: readonly Condition[], index: number): Condition[] {
  const gone = conditions[index]
  return conditions
    .map((one, place) =>
      place === index - 1 && gone?.query_operator === 'OR' ? { ...one, query_operator: 'OR' as const } : one,
    )
    .filter((_, place) => place !== index)
}

/** What the server said of each condition, by its place: `conditions.2`. */
export function byPlace(faults: Readonly<Record<string, string[]>>): Map<number, string> {
  const found = new Map<number, string>()
  for (const [name, sentences] of Object.entries(faults)) {
    const place = /^conditions\.(\d+)$/.exec(name)?.[1]
    if (place !== undefined && sentences[0]) found.set(Number(place), sentences[0])
  }
  return found
}
