/** The visitor's conversations as a list: how what happens changes it, and in which order it stands. */
import { ACTIVITY, INCOMING, OUTGOING } from './thread'
import type { Agent, ConversationRow, Message } from './types'

export interface ConversationEvent {
  id: number
  status: string
  agent_last_seen_at?: number
  /** Its number, when this one continues in another. */
  merged_into?: number
}

const TITLE_CHARS = 120

const short = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, TITLE_CHARS)

const agentOf = ({ sender, message_type }: Message): Agent | null =>
  sender && message_type === OUTGOING && sender.type !== 'agent_bot'
    ? { id: sender.id, name: sender.available_name || sender.name, avatar_url: sender.avatar_url ?? '' }
    : null

/** The list after a message; `isNew` and not seen, it counts as unread. Notes and activity are not the visitor's. */
export function withMessage(rows: ConversationRow[], message: Message, isUnseen: boolean): ConversationRow[] {
  if (message.private || message.message_type === ACTIVITY) return rows
  const known = rows.find((row) => row.id === message.conversation_id)
  if (known && message.created_at < known.said_at) return rows
  const text = message.content_attributes.deleted ? '' : short(message.content ?? '')
  const row: ConversationRow = {
    ...(known ?? { id: message.conversation_id, status: 'open', title: text, unread_count: 0, agent_last_seen_at: 0 }),
    text,
    author:
      message.sender && message.message_type !== INCOMING ? message.sender.available_name || message.sender.name : '',
    is_own: message.message_type === INCOMING,
    has_files: Boolean(message.attachments?.length),
    said_at: message.created_at,
    agent: agentOf(message) ?? known?.agent ?? null,
  }
  if (isUnseen && message.message_type === OUTGOING) row.unread_count += 1
  return [...rows.filter((one) => one.id !== row.id), row]
}

/** The list after a conversation changed; one that continues in another is no row of its own. */
export function withConversation(rows: ConversationRow[], event: ConversationEvent): ConversationRow[] {
  if (event.merged_into) return rows.filter((row) => row.id !== event.id)
  return rows.map((row) =>
    row.id === event.id
      ? {
          ...row,
          status: event.status,
          agent_last_seen_at: Math.max(row.agent_last_seen_at, event.agent_last_seen_at ?? 0),
        }
      : row,
  )
}

export const seen = (rows: ConversationRow[], id: number): ConversationRow[] =>
  rows.map((row) => (row.id === id && row.unread_count ? { ...row, unread_count: 0 } : row))

/** Unread first, then the newest word. */
export const ordered = (rows: ConversationRow[]): ConversationRow[] =>
  [...rows].sort(
    (a, b) => Number(b.unread_count > 0) - Number(a.unread_count > 0) || b.said_at - a.said_at || b.id - a.id,
  )

export const unreadIn = (rows: ConversationRow[]): number => rows.reduce((sum, row) => sum + row.unread_count, 0)

/** The one that began last, as the server counts "the latest". */
export const latest = (rows: ConversationRow[]): ConversationRow | undefined =>
  rows.reduce<ConversationRow | undefined>((best, row) => (best && best.id > row.id ? best : row), undefined)

/**
 * Where a text of the home view belongs: to the conversation that is going on, else to a new one; where the company
 * wants a single one, always to that.
 */
export function goesOn(
  rows: ConversationRow[],
  { isSingle, mayReopen }: { isSingle: boolean; mayReopen: boolean },
): ConversationRow | undefined {
  const last = latest(rows)
  if (!last) return undefined
  return last.status !== 'resolved' || (isSingle && mayReopen) ? last : undefined
}
