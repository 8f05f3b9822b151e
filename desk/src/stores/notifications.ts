// The bell: what this user was told, newest first.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { Id, Notification } from '@/api/models'

import { useSession } from './session'

interface Answer {
  data: { meta: { unread_count: number }; payload: Notification[] }
}

export const useNotifications = defineStore('notifications', () => {
  const session = useSession()
  const items = ref<Notification[]>([])
  const unread = ref(0)
  const loading = ref(false)

  async function loadCount(): Promise<void> {
    unread.value = await api.get<number>(`${session.base}/notifications/unread_count`)
  }

  async function load(): Promise<void> {
    loading.value = true
    try {
      const { data } = await api.get<Answer>(`${session.base}/notifications`, { includes: ['read'] })
      items.value = data.payload
      unread.value = data.meta.unread_count
    } finally {
      loading.value = false
    }
  }

  function apply(notification: Notification): void {
    items.value = [notification, ...items.value.filter((one) => one.id !== notification.id)]
  }
  function drop(id: Id): void {
    items.value = items.value.filter((one) => one.id !== id)
  }

  async function read(id: Id): Promise<void> {
    await api.patch(`${session.base}/notifications/${id}`)
    const found = items.value.find((one) => one.id === id)
    if (found && !found.read_at) {
      found.read_at = new Date().toISOString()
      unread.value = Math.max(0, unread.value - 1)
    }
  }

  async function markUnread(id: Id): Promise<void> {
    await api.post(`${session.base}/notifications/${id}/unread`)
    const found = items.value.find((one) => one.id === id)
    if (found?.read_at) {
      found.read_at = null
      unread.value += 1
    }
  }

  /** Away until then (epoch seconds); null brings it back. */
  async function snooze(id: Id, until: number | null): Promise<void> {
    await api.post(`${session.base}/notifications/${id}/snooze`, { snoozed_until: until })
    await load()
  }

  async function readAll(): Promise<void> {
    await api.post(`${session.base}/notifications/read_all`)
    unread.value = 0
    for (const item of items.value) item.read_at ??= new Date().toISOString()
  }

  return { items, unread, loading, loadCount, load, apply, drop, read, markUnread, snooze, readAll }
})
