// A link leads to a message: what is before it is loaded, and it comes into sight with the focus.
import { nextTick, watch, type Ref } from 'vue'
import { useRoute } from 'vue-router'

import type { Id } from '@/api/models'
import { linkOf, toUnfold } from '@/stores/messageLinks'
import { useMessages } from '@/stores/messages'

const MOST_PAGES = 100 // of twenty messages

/** `reveal` says whether the address names a message of this conversation, which is in sight then; `missed` hears of others. */
export function useLinkedMessage(
  conversation: Ref<Id>,
  log: () => HTMLElement | undefined,
  heard: { shown: () => void; missed: () => void },
): { reveal: () => Promise<boolean> } {
  const route = useRoute()
  const messages = useMessages()

  async function load(id: Id, wanted: Id): Promise<boolean> {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { messages: known, complete } = messages.thread(id)
      if (known.some((one) => one.id === wanted)) return true
      // Ids grow with the thread: what would stand between those that are here is not of it.
      if (complete || conversation.value !== id || (known[0] && known[0].id < wanted)) return false
      await messages.older(id)
      if (messages.thread(id).messages.length === known.length) return false
    }
    return false
  }

  async function reveal(): Promise<boolean> {
    const link = linkOf(route.hash)
    const id = conversation.value
    // The address may still be that of the conversation before.
    if (!link || Number(route.params.displayId) !== id) return false
    const found = await load(id, link.id)
    if (conversation.value !== id) return false
    if (!found) {
      heard.missed()
      return false
    }
    if (link.open) toUnfold.add(link.id)
    await nextTick()
    const element = log()?.querySelector<HTMLElement>(`[data-message="${link.id}"]`)
    element?.scrollIntoView({ block: 'center' })
    element?.focus({ preventScroll: true })
    if (element) heard.shown()
    return element !== null && element !== undefined
  }
  watch(
    () => [route.hash, conversation.value] as const,
    ([, now], [, before]) => now === before && messages.thread(now).loaded && void reveal(),
  )
  return { reveal }
}
