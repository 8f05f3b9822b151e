import { describe, expect, it } from 'vitest'

import type { Condition, FilterField } from '@/api/models'

import {
  asked,
  begin,
  beginFilter,
  byPlace,
  fieldOf,
  idOf,
  inputOf,
  isComplete,
  without,
  withOperator,
  wordOf,
} from './conditions'

function field(given: Partial<FilterField>): FilterField {
  return {
    key: 'x',
    model: '',
    title: 'X',
    kind: 'text',
    operators: ['contains', 'equal_to'],
    choices: [],
    source: '',
    codes: [],
    names: '',
    ...given,
  }
}
const status = field({
  key: 'status',
  kind: 'choice',
  operators: ['equal_to'],
  choices: [{ value: 'open', title: 'Abierta' }],
})
const since = field({ key: 'since', kind: 'moment', operators: ['is_greater_than', 'is_less_than', 'days_before'] })
const agent = field({ key: 'assignee_id', kind: 'id', source: 'agents', operators: ['equal_to', 'is_present'] })
const city = field({ key: 'city' })
const ownCity = field({ key: 'city', model: 'contact_attribute' })
const vip = field({ key: 'vip', kind: 'boolean', model: 'contact_attribute', operators: ['equal_to'] })
const fields = [status, since, agent, city, ownCity, vip]

function on(one: FilterField, changes: Partial<Condition> = {}): Condition {
  return { ...begin(one), ...changes }
}

describe('conditions', () => {
  it('C-23: each operator asks for its value the right way', () => {
    expect(inputOf(since, 'is_less_than')).toBe('date')
    expect(inputOf(since, 'days_before')).toBe('days')
    expect(inputOf(agent, 'equal_to')).toBe('choice')
    expect(inputOf(agent, 'is_present')).toBe('none')
    expect(inputOf(status, 'equal_to')).toBe('choice')
    expect(inputOf(field({ codes: ['es'] }), 'equal_to')).toBe('choice')
    expect(inputOf(vip, 'equal_to')).toBe('switch')
    expect(inputOf(field({ kind: 'number' }), 'is_less_than')).toBe('number')
    expect(inputOf(field({ kind: 'date' }), 'equal_to')).toBe('date')
    expect(inputOf(field({ kind: 'phone' }), 'starts_with')).toBe('text')
  })

  it('speak of days as before and after, of numbers as less and more', () => {
    expect(wordOf(since, 'is_less_than')).toBe('is_earlier_than')
    expect(wordOf(field({ kind: 'number' }), 'is_less_than')).toBe('is_less_than')
  })

  it('tell a key of the account from one of the same name', () => {
    expect(new Set(fields.map(idOf)).size).toBe(fields.length)
    expect(fieldOf(fields, on(ownCity))).toBe(ownCity)
    expect(fieldOf(fields, on(city))).toBe(city)
    expect(fieldOf(fields, { ...on(vip), custom_attribute_type: '' })).toBe(vip)
    expect(fieldOf(fields, on(field({ key: 'gone', model: 'contact_attribute' })))).toBeUndefined()
  })

  it('are complete with a value, or where none is asked for', () => {
    expect(isComplete(fields, on(status))).toBe(false)
    expect(isComplete(fields, beginFilter(status))).toBe(true)
    expect(isComplete(fields, on(city))).toBe(false)
    expect(isComplete(fields, on(city, { values: [' '] }))).toBe(false)
    expect(isComplete(fields, on(agent, { filter_operator: 'is_present' }))).toBe(true)
    expect(isComplete(fields, on(city, { values: ['Lima'], filter_operator: 'days_before' }))).toBe(false)
    expect(isComplete(fields, on(field({ key: 'gone' }), { values: ['x'] }))).toBe(false)
  })

  it('keep a value when the next operator takes it the same way', () => {
    expect(withOperator(since, on(since, { values: ['2024-01-02'] }), 'is_less_than').values).toEqual(['2024-01-02'])
    expect(withOperator(since, on(since, { values: ['2024-01-02'] }), 'days_before').values).toEqual([])
  })

  it('C-23: leave joined by a word but the last, without values where none are meant', () => {
    const draft = [
      on(agent, { filter_operator: 'is_present', values: [3], query_operator: 'OR' }),
      beginFilter(status),
      on(city, { values: ['Lima'], query_operator: 'AND' }),
    ]
    expect(asked(fields, draft).map((one) => [one.values, one.query_operator])).toEqual([
      [[], 'OR'],
      [['open'], 'AND'],
      [['Lima'], null],
    ])
  })

  it('stand apart by OR still when one between them goes', () => {
    const joined = (...words: Condition['query_operator'][]) => words.map((word) => on(city, { query_operator: word }))
    const left = (conditions: Condition[], index: number) => without(conditions, index).map((one) => one.query_operator)
    expect(left(joined('AND', 'OR', null), 1)).toEqual(['OR', null])
    expect(left(joined('OR', 'AND', null), 1)).toEqual(['OR', null])
    expect(left(joined('AND', 'AND', null), 1)).toEqual(['AND', null])
    expect(left(joined('OR', 'AND', null), 0)).toEqual(['AND', null])
  })

  it('know which of them the server refused', () => {
    expect(byPlace({ 'conditions.2': ['No'], ids: ['x'] })).toEqual(new Map([[2, 'No']]))
  })
})
