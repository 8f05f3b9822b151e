// The company's pages beside a conversation. Fetched once something shows them, and again when they change.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { DashboardApp, Id } from '@/api/models'

import { useSession } from './session'

export interface AppFields {
  title: string
  urls: string[]
}

export const useDashboardApps = defineStore('dashboardApps', () => {
  const session = useSession()
  const list = shallowRef<DashboardApp[]>([])
  const loaded = ref(false)
  const failed = ref(false)
  let asked = false

  async function load(): Promise<void> {
    asked = true
    failed.value = false
    try {
      list.value = await api.get<DashboardApp[]>(`${session.base}/dashboard_apps`)
      loaded.value = true
    } catch {
      failed.value = !loaded.value
    }
  }
  function need(): void {
    if (!asked || failed.value) void load()
  }
  function changed(): void {
    if (asked) void load()
  }
  async function save(id: Id | undefined, { title, urls }: AppFields): Promise<void> {
    const body = { dashboard_app: { title, content: urls.map((url) => ({ type: 'frame', url })) } }
    await (id === undefined
      ? api.post(`${session.base}/dashboard_apps`, body)
      : api.patch(`${session.base}/dashboard_apps/${id}`, body))
    await load()
  }
  async function remove(id: Id): Promise<void> {
    await api.delete(`${session.base}/dashboard_apps/${id}`)
    await load()
  }
  return { list, loaded, failed, need, load, changed, save, remove }
})
