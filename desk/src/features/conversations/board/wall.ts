// The wall that is open: its columns, what is in each, how much, and what is told of them.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { Id, Wall, WallColumn } from '@/api/models'
import { t } from '@/i18n'
import { sayColumns } from '@/realtime/connection'
import { wall as told } from '@/realtime/wall'
import { explain } from '@/stores/acts'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

import { columnRows, type ColumnRows } from './rows'

const COUNTED_AFTER_MS = 1000

export interface WallCounts {
  most: number
  counts: Record<string, { all: number; new: number } | null>
  metrics: { addressed: number; waiting: number; open: number }
}
export type ColumnFields = Partial<Omit<WallColumn, 'id' | 'key'>> & { position?: number }

export const useWall = defineStore('wall', () => {
  const session = useSession()
  const walls = shallowRef<Wall[]>([])
  const loaded = ref(false)
  const failed = ref(false)
  const counted = shallowRef<WallCounts>()
  const rows = new Map<Id, ColumnRows>()
  /** The column that a dialog makes or changes. */
  const editing = shallowRef<{ column?: WallColumn; copy?: boolean }>()
  /** Where the wall goes next: a column that was just made, or chosen in the list of them. */
  const goingTo = ref<Id>()
  const base = () => `${session.desk}/boards`

  const wall = computed(
    () =>
      walls.value.find((one) => one.id === session.settings.wall) ??
      walls.value.find((one) => one.is_mine) ??
      walls.value[0],
  )
  const columns = computed(() => wall.value?.columns ?? [])
  const mayChange = computed(() => wall.value?.may_change === true)
  const at = (columnId?: Id, rest = '') =>
    `${base()}/${wall.value?.id}/columns${columnId === undefined ? '' : `/${columnId}`}${rest}`

  async function load(): Promise<void> {
    failed.value = false
    try {
      walls.value = await api.get<Wall[]>(base())
      // Whoever opens it for the first time finds the columns that a day begins with.
      if (!walls.value.some((one) => one.is_mine) && session.settings.wall_begun !== true) {
        await api.post(base(), { name: t('wall.title'), recommended: true })
        await session.saveSettings({ wall_begun: true })
        walls.value = await api.get<Wall[]>(base())
      }
      loaded.value = true
      listen()
    } catch {
      failed.value = !loaded.value
    }
  }

  /** What is in a column; read when it is first shown. */
  function rowsOf(column: WallColumn): ColumnRows {
    let known = rows.get(column.id)
    if (!known || known.key !== column.key || known.flipped !== column.is_flipped || known.order !== column.order) {
      known?.stop()
      known = columnRows(column, (page) => api.get(at(column.id, '/rows'), { page }))
      rows.set(column.id, known)
    }
    return known
  }
  /** Told of these from now on; the answer reads them anew, so that nothing falls between. */
  function listen(): void {
    told.matched = (data) => {
      for (const column of columns.value) rowsOf(column).matched(data)
      countLater()
    }
    told.changed = () => void load()
    told.scheduled = () => columns.value.forEach((one) => one.kind === 'scheduled' && rowsOf(one).reload())
    told.ready = () => {
      columns.value.forEach((one) => rowsOf(one).reload())
      countLater()
    }
    sayColumns(columns.value.map((one) => one.id))
    void count()
  }
  function leave(): void {
    told.matched = told.changed = told.scheduled = told.ready = () => undefined
    sayColumns([])
    rows.forEach((one) => one.stop())
    rows.clear()
    clearTimeout(timer)
    timer = undefined
  }

  async function count(): Promise<void> {
    if (!wall.value) return
    try {
      counted.value = await api.get<WallCounts>(`${base()}/${wall.value.id}/counts`)
    } catch {
      // The numbers that are known stay.
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  function countLater(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void count()
    }, COUNTED_AFTER_MS)
  }
  const countOf = (id: Id) => counted.value?.counts[id] ?? undefined
  /** "12", "999+" or nothing. */
  function number(of: number | undefined): string {
    const most = counted.value?.most ?? Infinity
    return of === undefined ? '' : of >= most ? `${most - 1}+` : String(of)
  }
  async function look(column: WallColumn): Promise<void> {
    if (!countOf(column.id)?.new) return
    await api.post(at(column.id, '/look')).catch(() => undefined)
    countLater()
  }

  // ── acts ──────────────────────────────────────────────────────────────────────────────────────────

  /** Raises what the server refuses. */
  async function save(fields: ColumnFields, column?: WallColumn): Promise<WallColumn> {
    const saved = column ? await api.patch<WallColumn>(at(column.id), fields) : await api.post<WallColumn>(at(), fields)
    await load()
    return saved
  }
  async function add(fields: ColumnFields): Promise<void> {
    const made = await save(fields)
    goingTo.value = made.id
    toast(t('wall.added', { name: made.name }), () => void remove(made, false))
  }
  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      explain(error)
    }
  }
  const change = (column: WallColumn, fields: ColumnFields) => attempt(() => save(fields, column))
  async function move(column: WallColumn, by: number): Promise<void> {
    const from = columns.value.findIndex((one) => one.id === column.id)
    const to = Math.max(0, Math.min(columns.value.length - 1, from + by))
    if (to !== from) await moveTo(column, to)
  }
  async function moveTo(column: WallColumn, position: number): Promise<void> {
    const current = wall.value
    if (!current) return
    const rest = current.columns.filter((one) => one.id !== column.id)
    rest.splice(position, 0, column)
    walls.value = walls.value.map((one) => (one.id === current.id ? { ...one, columns: rest } : one))
    await change(column, { position })
  }
  async function remove(column: WallColumn, undoable = true): Promise<void> {
    const position = columns.value.findIndex((one) => one.id === column.id)
    await attempt(async () => {
      await api.delete(at(column.id))
      await load()
      const { id: _id, key: _key, ...fields } = column
      if (undoable)
        toast(t('wall.removed', { name: column.name }), () => void attempt(() => save({ ...fields, position })))
    })
  }
  async function addWall(name: string): Promise<void> {
    const made = await api.post<Wall>(base(), { name })
    await session.saveSettings({ wall: made.id })
    await load()
  }
  async function changeWall(fields: Partial<Wall>): Promise<void> {
    await api.patch(`${base()}/${wall.value?.id}`, fields)
    await load()
  }
  async function removeWall(): Promise<void> {
    await attempt(async () => {
      await api.delete(`${base()}/${wall.value?.id}`)
      await load()
    })
  }
  async function show(id: Id): Promise<void> {
    await session.saveSettings({ wall: id })
    listen()
  }
  const byId = (id: Id) => useConversations().byId.get(id)

  return {
    walls, wall, columns, loaded, failed, counted, editing, goingTo, mayChange, load, leave, rowsOf, countOf, number, look,
    add, save, change, move, moveTo, remove, addWall, changeWall, removeWall, show, byId,
  } // prettier-ignore
})
