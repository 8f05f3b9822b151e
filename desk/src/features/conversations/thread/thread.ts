// What stands in a thread: days, a line before what is new, runs of one author, folded activity.
import type { Conversation, Message } from '@/api/models'
import type { Sending } from '@/stores/outbox'
import { isSameDay } from '@/ui/time'

export type ThreadItem =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  /** `since`: it happened after the last message, before which it stands. */
  | { kind: 'activity'; key: string; messages: Message[]; folded: boolean; since: boolean }
  | { kind: 'message'; key: string; message: Message; starts: boolean; ends: boolean }
  | { kind: 'sending'; key: string; sending: Sending }

const GROUP_SECONDS = 5 * 60

function sameAuthor(a: Message, b: Message): boolean {
  return (
    a.message_type === b.message_type &&
    a.private === b.private &&
    a.sender?.id === b.sender?.id &&
    a.sender?.type === b.sender?.type &&
    Math.abs(b.created_at - a.created_at) <= GROUP_SECONDS &&
    isSameDay(new Date(a.created_at * 1000), new Date(b.created_at * 1000))
  )
}

export function threadItems(
  messages: readonly Message[],
  sending: readonly Sending[],
  firstUnreadId: number | undefined,
): ThreadItem[] {
  const items: ThreadItem[] = []
  let day: Date | undefined
  // A thread ends in what people said, never in lines of the machine.
  const said = messages.findLastIndex((message) => message.message_type !== 2) + 1 || messages.length
  messages.slice(0, said).forEach((message, index) => {
    const at = new Date(message.created_at * 1000)
    if (!day || !isSameDay(day, at)) items.push({ kind: 'day', key: `day-${message.id}`, at: message.created_at })
    day = at
    if (message.id === firstUnreadId) items.push({ kind: 'new', key: 'new' })
    if (message.message_type === 2) {
      const last = items[items.length - 1]
      if (last?.kind === 'activity') last.messages.push(message)
      else
        items.push({
          kind: 'activity',
          key: `activity-${message.id}`,
          messages: [message],
          folded: false,
          since: false,
        })
      return
    }
    const before = messages[index - 1]
    const after = messages[index + 1]
    items.push({
      kind: 'message',
      key: `message-${message.id}`,
      message,
      starts: !before || !sameAuthor(before, message),
      ends: !after || !sameAuthor(message, after),
    })
  })
  // One line is as short as the words that would fold it.
  for (const item of items) if (item.kind === 'activity') item.folded = item.messages.length > 1
  const since = messages.slice(said)
  if (since[0]) {
    const last = items.findLastIndex((item) => item.kind === 'message' && item.starts)
    const key = `activity-${since[0].id}`
    items.splice(last, 0, { kind: 'activity', key, messages: since, folded: true, since: true })
  }
  for (const one of sending) items.push({ kind: 'sending', key: `sending-${one.echoId}`, sending: one })
  return items
}

/** The first incoming message after we last looked: the line "Nuevo" stands before it. */
export function firstUnread(messages: readonly Message[], seenAt: number): number | undefined {
  if (!seenAt) return undefined
  return messages.find((message) => message.message_type === 0 && message.created_at > seenAt)?.id
}

/** What to call whoever began it: the name, else how they can be reached, else the number. */
export function nameOf({ id, meta: { sender } }: Conversation): string {
  return sender.name || sender.email || sender.phone_number || `#${id}`
}
