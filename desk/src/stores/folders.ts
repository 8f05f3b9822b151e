// Saved filters beside the lists: folders of conversations and segments of contacts, with how many are in each now.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { Condition, Folder, Id, Noun } from '@/api/models'
import { t } from '@/i18n'
import { toast } from '@/ui/toasts'

import { explain } from './acts'
import { useSession } from './session'

const COUNTED_AFTER_MS = 2000
/** What is being made (no `folder`) or changed. */
export interface Editing {
  noun: Noun
  conditions: Condition[]
  folder?: Folder
  /** What whoever saves it should know first. */
  notes?: string[]
}
export type FolderFields = Pick<Folder, 'name' | 'icon' | 'team_id' | 'conditions'>
interface Answer {
  most: number
  counts: Record<Id, number | null>
}

export const useFolders = defineStore('folders', () => {
  const session = useSession()
  const all = shallowRef<Folder[]>([])
  const counted = shallowRef<Answer>({ most: 0, counts: {} })
  const editing = ref<Editing>()
  const byId = computed(() => new Map(all.value.map((one) => [one.id, one])))
  const base = () => `${session.desk}/folders`

  /** In the order the user gave them; new ones come last. */
  const sorted = computed(() => {
    const order = (session.settings.folder_order as Id[] | undefined) ?? []
    const place = (one: Folder) => (order.includes(one.id) ? order.indexOf(one.id) : order.length)
    return [...all.value].sort((a, b) => place(a) - place(b) || a.id - b.id)
  })
  const of = (noun: Noun): Folder[] => sorted.value.filter((one) => one.filter_type === noun)

  async function load(): Promise<void> {
    all.value = await api.get<Folder[]>(base())
    if (all.value.length) await count()
  }
  async function count(): Promise<void> {
    counted.value = await api.get<Answer>(`${base()}/counts`)
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Something changed: count again shortly, once for all that changes meanwhile. */
  function countLater(): void {
    if (timer || !all.value.length) return
    timer = setTimeout(() => {
      timer = undefined
      count().catch(() => undefined)
    }, COUNTED_AFTER_MS)
  }
  /** "12", "999+", or nothing. */
  function number(folder: Folder): string {
    const found = counted.value.counts[folder.id]
    if (!found) return ''
    return found >= counted.value.most ? `${counted.value.most - 1}+` : String(found)
  }

  const fieldsOf = ({ name, icon, team_id, conditions }: Folder): FolderFields => ({ name, icon, team_id, conditions })
  async function keep(noun: Noun, fields: FolderFields, folder?: Folder): Promise<Folder> {
    const saved = folder
      ? await api.patch<Folder>(`${base()}/${folder.id}`, fields)
      : await api.post<Folder>(base(), { filter_type: noun, ...fields })
    await load()
    return saved
  }
  /** Made without a folder, changed with one. Raises what the server refuses. */
  async function save(noun: Noun, fields: FolderFields, folder?: Folder): Promise<Folder> {
    const saved = await keep(noun, fields, folder)
    const back = () => (folder ? keep(noun, fieldsOf(folder), folder) : api.delete(`${base()}/${saved.id}`).then(load))
    toast(t(folder ? 'folders.changed' : 'folders.made', { name: saved.name }), () => void back().catch(explain))
    return saved
  }

  async function remove(folder: Folder): Promise<void> {
    const order = of(folder.filter_type).map((one) => one.id)
    try {
      await api.delete(`${base()}/${folder.id}`)
    } catch (error) {
      return explain(error)
    }
    // It leaves the list together with its Undo: what is counted meanwhile keeps no one waiting for it.
    all.value = all.value.filter((one) => one.id !== folder.id)
    toast(t('folders.removed', { name: folder.name }), () => {
      keep(folder.filter_type, fieldsOf(folder))
        .then((again) => keepOrder(order.map((id) => (id === folder.id ? again.id : id))))
        .catch(explain)
    })
  }

  async function keepOrder(ids: Id[]): Promise<void> {
    const others = sorted.value.map((one) => one.id).filter((id) => !ids.includes(id))
    await session.saveSettings({ folder_order: [...ids, ...others] })
  }
  async function reorder(ids: Id[], folder: Folder): Promise<void> {
    const before = of(folder.filter_type).map((one) => one.id)
    try {
      await keepOrder(ids)
    } catch (error) {
      return explain(error)
    }
    toast(t('folders.moved', { name: folder.name }), () => void keepOrder(before).catch(explain))
  }
  /** One place up (-1) or down (1) among its kind. */
  async function move(folder: Folder, by: -1 | 1): Promise<void> {
    const ids = of(folder.filter_type).map((one) => one.id)
    const at = ids.indexOf(folder.id)
    if (at < 0 || ids[at + by] === undefined) return
    ids.splice(at + by, 0, ...ids.splice(at, 1))
    await reorder(ids, folder)
  }

  /** Before or after another one of its kind. */
  async function place(folder: Folder, other: Id, after: boolean): Promise<void> {
    if (folder.id === other) return
    const ids = of(folder.filter_type)
      .map((one) => one.id)
      .filter((id) => id !== folder.id)
    ids.splice(ids.indexOf(other) + Number(after), 0, folder.id)
    await reorder(ids, folder)
  }
  /** It names what was deleted, or means nothing at all any more. */
  const isBroken = (folder: Folder): boolean => folder.missing.length > 0 || counted.value.counts[folder.id] === null

  return { all, byId, editing, of, load, countLater, number, save, remove, move, place, isBroken }
})
