import { expect, test } from 'vitest'
import { dayOf, layOut, merge, sizeOf, unreadCount } from './thread'
import type { Message } from './types'

const NOW = new Date(2026, 10, 22, 12)
const at = (hoursAgo: number): number => NOW.getTime() / 1000 - hoursAgo * 3600
const message = (id: number, more: Partial<Message> = {}): Message => ({
  id,
  content: `m${id}`,
  conversation_id: 1,
  message_type: 0,
  content_type: 'text',
  content_attributes: {},
  created_at: at(0),
  ...more,
})

test('a message heard twice stands once, in its newest form, in order', () => {
  const known = [message(1), message(3)]
  const merged = merge(known, [message(3, { content: 'cambiado' }), message(2), message(2)])
  expect(merged.map((one) => one.content)).toEqual(['m1', 'm2', 'cambiado'])
})

test("notes and activity are not the visitor's", () => {
  expect(merge([], [message(1, { private: true }), message(2, { message_type: 2 })])).toEqual([])
})

test("unread are the team's messages after the last look", () => {
  const thread = [
    message(1, { message_type: 1, created_at: 10 }),
    message(2, { message_type: 1, created_at: 20 }),
    message(3, { created_at: 30 }),
    message(4, { message_type: 3, created_at: 30 }),
  ]
  expect(unreadCount(thread, 10, 0)).toBe(1)
  expect(unreadCount(thread, 0, 2)).toBe(0)
})

test('messages of one author within five minutes are one group, and each day has one line', () => {
  const rows = layOut(
    [
      message(1, { created_at: at(30) }),
      message(2, { created_at: at(0.05) }),
      message(3, { created_at: at(0.02) }),
      message(4, { message_type: 1, created_at: at(0.01) }),
    ],
    NOW,
  )
  expect(rows.map((row) => row.day)).toEqual(['Ayer', 'Hoy', '', ''])
  expect(rows.map((row) => row.isContinued)).toEqual([false, false, true, false])
  expect(rows.map((row) => row.isLast)).toEqual([true, false, true, true])
})

test('older days are named', () => {
  expect(dayOf(new Date(2026, 7, 12).getTime() / 1000, NOW)).toBe('12 ago')
  expect(dayOf(new Date(2025, 7, 12).getTime() / 1000, NOW)).toBe('12 ago 2025')
})

test("sizes have the reader's comma", () => {
  expect(sizeOf(4)).toBe('4 B')
  expect(sizeOf(188_416)).toBe('184 KB')
  expect(sizeOf(40 * 1024 * 1024)).toBe('40 MB')
  expect(sizeOf(1.5 * 1024 * 1024)).toBe('1,5 MB')
})
