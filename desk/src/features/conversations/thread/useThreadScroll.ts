// Where one reads in a thread: history comes above, and nothing jumps because something arrived.
import { nextTick, ref, watch, type Ref } from 'vue'

import type { Id } from '@/api/models'
import { useMessages } from '@/stores/messages'
import { useOutbox } from '@/stores/outbox'
import { useScheduled } from '@/stores/scheduled'

const NEAR_PX = 80
const HISTORY_PX = 240

export interface ThreadScroll {
  /** How many messages arrived below what is in sight. */
  below: Ref<number>
  scrolled: () => void
  toBottom: () => void
  /** One reads something further up: what arrives does not pull there away. */
  letGo: () => void
}

export function useThreadScroll(id: Ref<Id>, log: () => HTMLElement | undefined): ThreadScroll {
  const messages = useMessages()
  const outbox = useOutbox()
  const scheduled = useScheduled()
  const below = ref(0)
  let sticking = true

  function scrolled(): void {
    const element = log()
    if (!element) return
    sticking = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX
    if (sticking) below.value = 0
    if (element.scrollTop < HISTORY_PX) void loadOlder(element)
  }
  async function loadOlder(element: HTMLElement): Promise<void> {
    const { complete, loading, messages: known } = messages.thread(id.value)
    if (complete || loading || !known.length) return
    const height = element.scrollHeight
    const top = element.scrollTop
    await messages.older(id.value)
    await nextTick()
    element.scrollTop = top + (element.scrollHeight - height)
  }
  function toBottom(): void {
    const element = log()
    if (!element) return
    element.scrollTop = element.scrollHeight
    sticking = true
    below.value = 0
  }
  watch(
    () => {
      const said = messages.thread(id.value).messages.findLast((one) => one.message_type !== 2)?.id
      return [said, outbox.of(id.value).length + scheduled.of(id.value).rows.length] as const
    },
    async ([last, count], [before, countBefore]) => {
      const stick = sticking || count > countBefore
      await nextTick()
      if (stick) toBottom()
      else if (last !== before && last !== undefined && before !== undefined) below.value += 1
    },
  )
  return { below, scrolled, toBottom, letGo: () => (sticking = false) }
}
