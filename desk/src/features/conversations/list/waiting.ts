// Who waits for us.
import type { Conversation } from '@/api/models'

/** Since when the customer waits for an answer; undefined when no one waits, or the wait is put off or over. */
export function waitsSince(conversation: Conversation): Date | undefined {
  const waits = conversation.waiting_since > 0 && ['open', 'pending'].includes(conversation.status)
  return waits ? new Date(conversation.waiting_since * 1000) : undefined
}
