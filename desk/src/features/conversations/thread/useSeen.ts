// What the person in front of the screen has seen, told to the server: while the window has the focus, and a moment after
// something came.
import { onScopeDispose, watch } from 'vue'

import type { Conversation } from '@/api/models'
import { markSeen } from '@/stores/acts'
import { useSession } from '@/stores/session'

const LOOK_MS = 400

export function useSeen(conversation: () => Conversation): () => void {
  const session = useSession()
  let timer: ReturnType<typeof setTimeout> | undefined

  function see(): void {
    if (document.visibilityState !== 'visible' || !document.hasFocus() || !session.canWrite) return
    const { unread_count: unread, agent_last_seen_at: seenAt } = conversation()
    if (unread > 0 || seenAt === 0) void markSeen(conversation())
  }
  watch(
    () => conversation().unread_count,
    (count) => {
      clearTimeout(timer)
      if (count > 0) timer = setTimeout(see, LOOK_MS)
    },
  )
  window.addEventListener('focus', see)
  onScopeDispose(() => window.removeEventListener('focus', see))
  return see
}
