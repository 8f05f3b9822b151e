// Lists of messages that stay drawn out of sight: those opened last, and the one that is probably next. To show one is to
// put it where the other was, instead of making each of its messages.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef } from 'vue'

import type { Conversation, Id } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { useMessages } from '@/stores/messages'

import { ahead } from './ahead'

/** As many as one goes back and forth between; each holds all its messages in memory. */
const KEPT = 4
const AHEAD_MS = 60

/** Newest first, the open one at the head. */
export function opened(before: readonly Id[], id: Id): Id[] {
  return [id, ...before.filter((one) => one !== id)].slice(0, KEPT)
}

/** In an order of their own, so that nothing moves when another is opened. */
export function drawn(kept: readonly Id[], next: Id | undefined): Id[] {
  return [...new Set(next === undefined ? kept : [...kept, next])].sort((a, b) => a - b)
}

export function useKeptLists(open: () => Conversation): ComputedRef<Conversation[]> {
  const messages = useMessages()
  const conversations = useConversations()
  const kept = ref<Id[]>([])
  const next = shallowRef<Id>()
  watch(
    () => open().id,
    (id) => (kept.value = opened(kept.value, id)),
    { immediate: true },
  )
  // Drawn once its messages are here and the hand is still.
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => (ahead.value !== undefined && messages.thread(ahead.value).loaded ? ahead.value : undefined),
    (id) => {
      clearTimeout(timer)
      if (id !== undefined) timer = setTimeout(() => (next.value = id), AHEAD_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  const find = (id: Id): Conversation[] => (id === open().id ? [open()] : [conversations.byId.get(id) ?? []].flat())
  return computed(() => drawn(kept.value, next.value).flatMap(find))
}
