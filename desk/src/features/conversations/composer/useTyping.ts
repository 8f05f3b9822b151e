// Others are told that somebody writes here: now and then while keys are pressed, and once when it ends.
import { sayTyping } from '@/realtime/connection'
import type { Id } from '@/api/models'

const AGAIN_MS = 8000

export function useTyping(conversation: () => Id, isNote: () => boolean): { typed: () => void; stop: () => void } {
  let since = 0
  function typed(): void {
    if (Date.now() - since <= AGAIN_MS) return
    since = Date.now()
    sayTyping(conversation(), true, isNote())
  }
  function stop(): void {
    if (!since) return
    since = 0
    sayTyping(conversation(), false, isNote())
  }
  return { typed, stop }
}
