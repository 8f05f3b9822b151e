// What the bell shows, and in which heaps.
import type { Notification } from '@/api/models'

export const HEAPS = ['all', 'unread', 'mentions'] as const
export type Heap = (typeof HEAPS)[number]

const MENTION = 'conversation_mention'

export function inHeap(items: readonly Notification[], heap: Heap): Notification[] {
  if (heap === 'unread') return items.filter((one) => !one.read_at)
  if (heap === 'mentions') return items.filter((one) => one.notification_type === MENTION)
  return [...items]
}

export interface Day {
  name: string
  items: Notification[]
}

/** By the day they are of, in their order. */
export function byDay(items: readonly Notification[], nameOf: (at: Date) => string): Day[] {
  const days: Day[] = []
  for (const item of items) {
    const name = nameOf(new Date(item.last_activity_at * 1000))
    const last = days.at(-1)
    if (last?.name === name) last.items.push(item)
    else days.push({ name, items: [item] })
  }
  return days
}
