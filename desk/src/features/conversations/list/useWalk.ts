// From row to row by keys, also from the place of a row that has left the list.
import { useTimeoutFn } from '@vueuse/core'
import { computed, watch } from 'vue'

import type { Id } from '@/api/models'
import { useConversations } from '@/stores/conversations'

import { usePreload } from './useHeldRows'

const AHEAD_MS = 120

export function useWalk(openId: () => Id | undefined, open: (id: Id) => void, reveal: (index: number) => void) {
  const conversations = useConversations()
  const ids = computed(() => conversations.list.map((row) => row.id))
  const place = () => ids.value.findIndex((id) => id === openId())
  const { start: readAhead } = useTimeoutFn(usePreload(), AHEAD_MS, { immediate: false })

  /** Where the open row stands; where it stood, once it has left the list (resolved, put off, no longer mine). */
  let lastAt = -1
  watch(
    [openId, ids] as const,
    ([id]) => {
      const at = place()
      if (at >= 0) lastAt = at
      else if (id === undefined) lastAt = -1
    },
    { immediate: true },
  )

  /** There is a row of that place, where the server has one: the next page is read for it. Not, if one went on meanwhile. */
  async function reaches(index: number): Promise<boolean> {
    const from = openId()
    while (index >= ids.value.length && !conversations.complete) {
      const before = ids.value.length
      await conversations.more()
      if (openId() !== from) return false
      if (conversations.failed || ids.value.length === before) break
    }
    return true
  }

  async function step(by: number): Promise<void> {
    const at = place()
    // The row after the one that left has its place now.
    const wanted = at >= 0 || lastAt < 0 ? at + by : by > 0 ? lastAt + by - 1 : lastAt + by
    if (wanted >= ids.value.length && !(await reaches(wanted))) return
    const index = Math.min(ids.value.length - 1, Math.max(0, wanted))
    const next = ids.value[index]
    if (next === undefined || next === openId()) return
    open(next)
    reveal(index)
    // Whoever goes on finds the following one there. It is asked for once this one is painted.
    readAhead(ids.value[index + Math.sign(by)])
  }

  /** The neighbour of the open row: the one below, else the one above. */
  async function next(): Promise<void> {
    const at = place()
    if (at < 0) return step(1)
    if (at + 1 >= ids.value.length && !(await reaches(at + 1))) return
    // The open one may have left the list while the page was read: the row after it has its place then.
    const stays = place() >= 0
    const neighbour = ids.value[stays ? at + 1 : at] ?? ids.value[at - 1]
    if (neighbour !== undefined) open(neighbour)
  }

  return { step, next }
}
