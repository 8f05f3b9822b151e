// What the writer of a reply had before their eyes: the newest message that stood on the screen for a moment. A reply to
// less is held, here where it is known already, else by the server.
import { computed, onScopeDispose, ref, watch, type ComputedRef } from 'vue'

import type { Id, Message } from '@/api/models'
import { useSession } from '@/stores/session'

/** A person needs so long to notice that something came. */
const NOTICE_MS = 1500

export interface Guard {
  /** What came unseen, once a reply was held for it. */
  unseen: ComputedRef<Message[]>
  seen: () => Id | undefined
  /** A text is begun, or a message chosen to be answered: what is on the screen has been read. */
  began: () => void
  /** Whether the reply may go. */
  mayGo: () => boolean
  /** The server knew of something newer. */
  refused: () => void
  /** It was read, or goes all the same. */
  read: () => void
}

/** `isBelow`: what came last is out of sight. */
export function useGuard(conversation: () => Id, thread: () => readonly Message[], isBelow: () => boolean): Guard {
  const session = useSession()
  const seenId = ref<Id>()
  const holding = ref(false)
  const said = computed(() =>
    thread().filter((one) => !one.private && (one.message_type === 0 || one.message_type === 1)),
  )
  const newest = computed(() => said.value.at(-1)?.id)
  const isMine = (one: Message): boolean =>
    one.message_type === 1 && one.sender?.type === 'user' && one.sender.id === session.user?.id
  const news = computed(() => {
    const seen = seenId.value
    return seen === undefined ? [] : said.value.filter((one) => one.id > seen && !isMine(one))
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  function look(): void {
    clearTimeout(timer)
    if (holding.value || isBelow() || document.visibilityState !== 'visible') return
    timer = setTimeout(() => {
      if (!holding.value && !isBelow()) seenId.value = newest.value
    }, NOTICE_MS)
  }
  watch(
    [conversation, newest],
    ([id, now], [before]) => {
      if (id !== before) holding.value = false
      // Whoever opens a conversation reads its end.
      if (id !== before || seenId.value === undefined) seenId.value = now
      else look()
    },
    { immediate: true },
  )
  watch(isBelow, look)
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  })

  return {
    unseen: computed(() => (holding.value ? news.value : [])),
    seen: () => seenId.value,
    began: () => {
      if (!holding.value && !isBelow() && document.visibilityState === 'visible') seenId.value = newest.value
    },
    mayGo: () => {
      holding.value = news.value.length > 0
      return !holding.value
    },
    refused: () => (holding.value = true),
    read: () => {
      holding.value = false
      seenId.value = newest.value
    },
  }
}
