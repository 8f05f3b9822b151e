import { describe, expect, it } from 'vitest'

import { type Facts, wayBack } from './bulk'

const facts = (fields: Partial<Facts>): Facts => ({
  id: 1,
  inbox_id: 1,
  status: 'open',
  close_reason: null,
  snoozed_until: null,
  priority: null,
  assignee_id: null,
  team_id: null,
  labels: [],
  ...fields,
})

describe('taking back a change to many (C-10, C-19)', () => {
  it('takes out of the archive what was resolved, and opens what was open (V-LST-03)', () => {
    const before = [
      facts({ id: 1, status: 'resolved', close_reason: 'ignored' }),
      facts({ id: 2, status: 'open' }),
      facts({ id: 3, status: 'resolved', close_reason: 'archived' }),
    ]
    const now = before.map((one) => ({ ...one, status: 'resolved' as const, close_reason: 'archived' }))
    expect(wayBack(before, now)).toEqual([
      { fields: { status: 'resolved', close_reason: 'ignored', assignee_id: 0 }, ids: [1] },
      { fields: { status: 'open', assignee_id: 0 }, ids: [2] },
    ])
  })

  it('brings each state back, those alike in one request, and leaves alone what did not change', () => {
    const before = [
      facts({ id: 1, status: 'open' }),
      facts({ id: 2, status: 'open' }),
      facts({ id: 3, status: 'resolved' }),
      facts({ id: 4, status: 'snoozed', snoozed_until: 1_900_000_000, assignee_id: 7 }),
    ]
    const now = before.map((one) => ({ ...one, status: 'resolved' as const, snoozed_until: null }))
    expect(wayBack(before, now)).toEqual([
      { fields: { status: 'open', assignee_id: 0 }, ids: [1, 2] },
      { fields: { status: 'snoozed', assignee_id: 7 }, snoozed_until: 1_900_000_000, ids: [4] },
    ])
  })

  it('brings another date of waking back though the state is the same', () => {
    const before = [facts({ status: 'snoozed', snoozed_until: 1_900_000_000 })]
    expect(wayBack(before, [facts({ status: 'snoozed', snoozed_until: null })])).toEqual([
      { fields: { status: 'snoozed', assignee_id: 0 }, snoozed_until: 1_900_000_000, ids: [1] },
    ])
  })

  it('gives conversations back to whom they had, or to nobody', () => {
    const before = [facts({ id: 1, assignee_id: 7 }), facts({ id: 2 }), facts({ id: 3, assignee_id: 9 })]
    const now = before.map((one) => ({ ...one, assignee_id: 9 }))
    expect(wayBack(before, now)).toEqual([
      { fields: { assignee_id: 7 }, ids: [1] },
      { fields: { assignee_id: 0 }, ids: [2] },
    ])
  })

  it('takes a team back with the agent whom it brought', () => {
    expect(wayBack([facts({ team_id: 3 })], [facts({ team_id: 4, assignee_id: 9 })])).toEqual([
      { fields: { team_id: 3, assignee_id: 0 }, ids: [1] },
    ])
  })

  it('brings priorities back, and none', () => {
    const before = [facts({ id: 1, priority: 'low' }), facts({ id: 2 }), facts({ id: 3, priority: 'urgent' })]
    const now = before.map((one) => ({ ...one, priority: 'urgent' as const }))
    expect(wayBack(before, now)).toEqual([
      { fields: { priority: 'low' }, ids: [1] },
      { fields: { priority: null }, ids: [2] },
    ])
  })

  it('removes a label only where it was added, and gives back what was removed', () => {
    const before = [facts({ id: 1, labels: ['vip'] }), facts({ id: 2 }), facts({ id: 3, labels: ['old', 'vip'] })]
    const now = before.map((one) => ({ ...one, labels: ['vip'] }))
    expect(wayBack(before, now)).toEqual([
      { labels: { remove: ['vip'] }, ids: [2] },
      { labels: { add: ['old'] }, ids: [3] },
    ])
  })
})
