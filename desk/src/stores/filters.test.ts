import { describe, expect, it } from 'vitest'

import { aConversation } from '@/testing/samples'
import { asQuery, compare, emptyFilter, isUnattended, matches } from './filters'

const me = 7
const mine = aConversation({ id: 1, meta: { assignee: { id: 7 } } })
const nobodys = aConversation({ id: 2 })

describe('C-11 C-13 which conversations a list shows', () => {
  it('tabs: mine, unassigned, all', () => {
    expect(matches({ ...emptyFilter(), tab: 'me' }, mine, me)).toBe(true)
    expect(matches({ ...emptyFilter(), tab: 'me' }, nobodys, me)).toBe(false)
    expect(matches({ ...emptyFilter(), tab: 'unassigned' }, nobodys, me)).toBe(true)
    expect(matches({ ...emptyFilter(), tab: 'all' }, mine, me)).toBe(true)
  })

  it('states, inboxes, teams and labels narrow it', () => {
    const filter = { ...emptyFilter(), tab: 'all' as const }
    expect(matches({ ...filter, status: 'resolved' }, mine, me)).toBe(false)
    expect(matches({ ...filter, status: 'all' }, { ...mine, status: 'snoozed' }, me)).toBe(true)
    expect(matches({ ...filter, inboxId: 99 }, mine, me)).toBe(false)
    expect(matches({ ...filter, label: 'vip' }, { ...mine, labels: ['vip'] }, me)).toBe(true)
    expect(matches({ ...filter, teamId: 3 }, mine, me)).toBe(false)
  })

  it('C-15 unattended: no answer yet, or waiting again', () => {
    expect(isUnattended({ ...mine, first_reply_created_at: 0, waiting_since: 5 })).toBe(true)
    expect(isUnattended({ ...mine, first_reply_created_at: 5, waiting_since: 0 })).toBe(false)
    expect(isUnattended({ ...mine, first_reply_created_at: 5, waiting_since: 9 })).toBe(true)
  })

  it('what only the server can tell is left to it', () => {
    expect(matches({ ...emptyFilter(), search: 'hola' }, mine, me)).toBeUndefined()
    expect(matches({ ...emptyFilter(), view: 'mentions' }, mine, me)).toBeUndefined()
  })

  it('orders as the server does', () => {
    const older = aConversation({ id: 3, last_activity_at: 10 })
    const newer = aConversation({ id: 4, last_activity_at: 20 })
    const same = aConversation({ id: 5, last_activity_at: 20 })
    expect([older, newer, same].sort((a, b) => compare('last_activity_at_desc', a, b)).map((one) => one.id)).toEqual([
      5, 4, 3,
    ])
    const waiting = { ...older, waiting_since: 4 }
    expect([newer, waiting].sort((a, b) => compare('waiting_since_asc', a, b))[0]).toBe(waiting)
  })

  it('asks the server in the words of the contract', () => {
    expect(asQuery({ ...emptyFilter(), view: 'mentions', label: 'vip' }, 2)).toMatchObject({
      assignee_type: 'me',
      status: 'open',
      conversation_type: 'mention',
      labels: ['vip'],
      page: 2,
    })
  })
})
