// What to try in the sample, and what of it was done: seen in the conversation itself.
import type { Conversation, Id, Message } from '@/api/models'

export interface Exercise {
  name: 'reply' | 'note' | 'take' | 'resolve'
  key: string
  done: boolean
}

const OUTGOING = 1
/** The sample has one answer of its own. */
const OWN_ANSWERS = 1

export function exercises(conversation: Conversation, messages: readonly Message[], me: Id): Exercise[] {
  const written = messages.filter((one) => one.message_type === OUTGOING)
  return [
    { name: 'reply', key: 'R', done: written.filter((one) => !one.private).length > OWN_ANSWERS },
    { name: 'note', key: 'N', done: written.some((one) => one.private) },
    { name: 'take', key: 'I', done: conversation.meta.assignee?.id === me },
    { name: 'resolve', key: 'E', done: conversation.status === 'resolved' },
  ]
}
