import { describe, expect, it } from 'vitest'

import { conditionsOf, filtersOf, isLocked, valuesOf, whoOf, withoutWho, withWho } from './filters'

const equal = (key: string, ...values: string[]) => ({
  attribute_key: key,
  filter_operator: 'equal_to',
  values,
  query_operator: 'AND' as const,
})

describe('filters of a column', () => {
  it('send nothing for what is not considered, and come back as they were', () => {
    expect(conditionsOf('tickets', 'activity', {})).toEqual([])
    const values = { channel: ['webchat'], from: ['2026-01-02'], to: ['2026-01-09'], client: ['ana'] }
    const sent = conditionsOf('tickets', 'activity', values)
    expect(sent.map((one) => one.filter_operator)).toEqual([
      'equal_to',
      'contains',
      'is_on_or_after',
      'is_on_or_before',
    ])
    expect(valuesOf('tickets', sent)).toEqual({ values, others: [] })
  })

  it('the order by waiting time fixes the reply, and gives it back when it is left', () => {
    const values = { reply: ['given'] }
    expect(conditionsOf('tickets', 'waiting', values)).toEqual([])
    expect(conditionsOf('tickets', 'activity', values)).toEqual([equal('reply', 'given')])
    const reply = filtersOf('tickets').find((one) => one.key === 'reply')!
    expect([isLocked(reply, 'tickets', 'waiting'), isLocked(reply, 'messages', 'waiting')]).toEqual([true, false])
  })

  it('what no field says is kept, and so is a filter with OR in it', () => {
    const label = equal('labels', 'vip')
    expect(valuesOf('tickets', [equal('ticket_state', 'open'), label])).toEqual({
      values: { ticket_state: ['open'] },
      others: [label],
    })
    const either = [{ ...equal('ticket_state', 'open'), query_operator: 'OR' as const }, label]
    expect(valuesOf('tickets', either)).toEqual({ values: {}, others: either })
  })

  it('each kind has the filters it has', () => {
    const keys = (kind: 'tickets' | 'messages' | 'scheduled') => filtersOf(kind).map((one) => one.name ?? one.key)
    expect(keys('scheduled')).toEqual(['channel', 'inbox_id', 'from', 'to'])
    expect(keys('messages')).not.toContain('comments')
    expect(keys('tickets')).toHaveLength(15)
  })

  it('who has it is one choice: a word, some agents or some bots', () => {
    const agents = withWho(withWho({ channel: ['api'] }, 'assignee_id:7'), 'assignee_id:8')
    expect(whoOf(agents)).toEqual(['assignee_id:7', 'assignee_id:8'])
    expect(withWho(agents, 'assignee_id:7')).toEqual({ channel: ['api'], assignee_id: ['8'] })
    expect(withWho(agents, 'assigned_to:nobody')).toEqual({ channel: ['api'], assigned_to: ['nobody'] })
    expect(withoutWho(agents)).toEqual({ channel: ['api'] })
  })
})
