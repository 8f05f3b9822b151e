import { describe, expect, it } from 'vitest'

import { aConversation } from '@/stores/samples'

import { wayBack } from './bulk'

describe('taking back a change to many', () => {
  it('brings each state back, those alike in one request, and leaves alone what did not change', () => {
    const before = [
      aConversation({ id: 1, status: 'open' }),
      aConversation({ id: 2, status: 'open' }),
      aConversation({ id: 3, status: 'resolved' }),
      aConversation({ id: 4, status: 'snoozed', snoozed_until: new Date(1_900_000_000_000).toISOString() }),
    ]
    expect(wayBack({ fields: { status: 'resolved' } }, before)).toEqual([
      { fields: { status: 'open' }, ids: [1, 2] },
      { fields: { status: 'snoozed' }, snoozed_until: 1_900_000_000, ids: [4] },
    ])
  })

  it('gives conversations back to whom they had, or to nobody', () => {
    const before = [
      aConversation({ id: 1, meta: { assignee: { id: 7 } } }),
      aConversation({ id: 2 }),
      aConversation({ id: 3, meta: { assignee: { id: 9 } } }),
    ]
    expect(wayBack({ fields: { assignee_id: 9 } }, before)).toEqual([
      { fields: { assignee_id: 7 }, ids: [1] },
      { fields: { assignee_id: 0 }, ids: [2] },
    ])
  })

  it('removes a label only where it was added', () => {
    const before = [aConversation({ id: 1, labels: ['vip'] }), aConversation({ id: 2, labels: [] })]
    expect(wayBack({ labels: { add: ['vip'] } }, before)).toEqual([{ labels: { remove: ['vip'] }, ids: [2] }])
  })
})
