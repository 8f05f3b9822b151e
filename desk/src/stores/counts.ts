// The numbers of the navigation, kept by asking shortly after something changed.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { Counts } from '@/api/models'

import { useFolders } from './folders'
import { useSession } from './session'

export const useCounts = defineStore('counts', () => {
  const session = useSession()
  const counts = ref<Counts>({
    mine: 0,
    unassigned: 0,
    all: 0,
    unattended: 0,
    mentions: 0,
    snoozed: 0,
    participating: 0,
    by_inbox: {},
    by_team: {},
    by_label: {},
  })
  const unreadNotifications = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    counts.value = await api.get<Counts>(`${session.desk}/counts`)
  }

  function later(): void {
    useFolders().countLater()
    if (timer) return
    timer = setTimeout(() => {
      timer = undefined
      load().catch(() => undefined)
    }, 800)
  }

  return { counts, unreadNotifications, load, later }
})
