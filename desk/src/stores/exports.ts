// Tables to take away: asked for, followed while they are written, fetched. Only their page, and who asked, load this.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { components } from '@/api/generated/schema'
import type { Condition, Id } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { useSession } from './session'

type Schemas = components['schemas']
export type Export = Omit<Schemas['ExportShape'], 'conditions'> & { conditions: Condition[] }
export interface Exports extends Omit<Schemas['ExportList'], 'payload'> {
  payload: Export[]
}
export interface ExportAsked {
  kind: Export['kind']
  format: Export['format']
  separator: string
  begins: string
  ends: string
  date_of: Export['date_of']
  order: Export['order']
  conditions: Condition[]
}

export const isAtWork = (one: Export): boolean => one.state === 'queued' || one.state === 'running'

export const useExports = defineStore('exports', () => {
  const session = useSession()
  const path = (tail = '') => `${session.desk}/exports${tail}`
  const list = shallowRef<Exports>()
  const by = ref<Id>()
  const page = ref(1)
  const failed = ref(false)
  /** Whether the page is open: it shows what came to its end, and nothing has to pop up. */
  const isOpen = ref(false)
  const told = new Set<Id>()

  const current = computed(() => (list.value?.payload ?? []).filter(isAtWork).reverse())
  const earlier = computed(() => (list.value?.payload ?? []).filter((one) => !isAtWork(one)))

  async function load(): Promise<void> {
    failed.value = false
    try {
      const fresh = await api.get<Exports>(path(), { by: by.value, page: page.value })
      list.value = fresh
      for (const one of fresh.payload) if (!isAtWork(one) && isOpen.value) told.add(one.id)
    } catch {
      failed.value = list.value === undefined
    }
  }
  /** One began, ended or went. Whoever asked for it is told, wherever they are. */
  async function changed(id: Id): Promise<void> {
    if (!session.can('reports.read')) return
    if (isOpen.value) return load()
    const one = await api.get<Export>(path(`/${id}`)).catch(() => undefined)
    if (one?.created_by?.id !== session.user?.id || !one || told.has(id)) return
    if (one.state !== 'done' && one.state !== 'failed') return
    told.add(id)
    toast(t(one.state === 'done' ? 'notices.export_ready' : 'notices.export_failed'))
  }
  const tally = (asked: ExportAsked) => api.post<Schemas['TallyShape']>(path('/tally'), asked)
  async function begin(asked: ExportAsked): Promise<void> {
    await api.post(path(), asked)
    page.value = 1
    await load()
  }
  async function act(id: Id, what: 'cancel' | 'repeat'): Promise<void> {
    await api.post(path(`/${id}/${what}`))
    await load()
  }
  /** The address is good for five minutes, and that it was asked for is in the audit log. */
  async function download(id: Id): Promise<void> {
    const { path: address } = await api.post<Schemas['FileShape']>(path(`/${id}/download`))
    const link = document.createElement('a')
    link.href = address
    link.download = ''
    link.click()
    await load()
  }

  return { list, by, page, failed, isOpen, current, earlier, load, changed, tally, begin, act, download }
})
