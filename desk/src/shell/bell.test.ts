import { describe, expect, it } from 'vitest'

import type { Notification } from '@/api/models'

import { byDay, inHeap } from './bell'

const one = (id: number, kind: string, at: number, readAt: string | null = null) =>
  ({ id, notification_type: kind, last_activity_at: at, read_at: readAt }) as Notification
const items = [
  one(3, 'conversation_mention', 200_000),
  one(2, 'conversation_assignment', 199_000, '2026-01-01'),
  one(1, 'conversation_mention', 100_000, '2026-01-01'),
]
const ids = (rows: Notification[]) => rows.map((row) => row.id)

describe('the bell', () => {
  it('has heaps for all, what is unread, and mentions', () => {
    expect(ids(inHeap(items, 'all'))).toEqual([3, 2, 1])
    expect(ids(inHeap(items, 'unread'))).toEqual([3])
    expect(ids(inHeap(items, 'mentions'))).toEqual([3, 1])
  })
  it('puts what is of one day together', () => {
    const days = byDay(items, (at) => String(Math.floor(at.getTime() / 150_000_000)))
    expect(days.map((day) => ids(day.items))).toEqual([[3, 2], [1]])
  })
})
