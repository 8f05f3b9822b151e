// A mouse over the rows holds them in place, and the row it rests on is read ahead.
import { useEventListener, useTimeoutFn, tryOnScopeDispose } from '@vueuse/core'

import type { Id } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { useMessages } from '@/stores/messages'

import { ahead } from '../thread/ahead'

const HOVER_MS = 80

/** Read a conversation that will likely be opened next, and build its thread beforehand. */
export function usePreload(): (id: Id | undefined) => void {
  const messages = useMessages()
  return (id) => {
    if (id === undefined) return
    ahead.value = id
    if (!messages.thread(id).loaded) void messages.open(id)
  }
}

export function useHeldRows() {
  const conversations = useConversations()
  const preload = usePreload()
  const { start: hover, stop } = useTimeoutFn((id: Id) => preload(id), HOVER_MS, { immediate: false })

  /** Keys, a finger, or looking elsewhere let the rows go. */
  function release(): void {
    stop()
    if (conversations.held) conversations.settle()
  }
  function hold(event: PointerEvent): void {
    if (event.pointerType === 'mouse') conversations.held = true
  }
  useEventListener(window, ['keydown', 'touchstart', 'blur'], release, { passive: true })
  tryOnScopeDispose(release)

  return { hover, hold, release }
}
