/** The thread as data: how messages are merged, counted and laid out. */
import { intl, t } from './texts'
import type { Message } from './types'

export const INCOMING = 0
export const OUTGOING = 1
export const ACTIVITY = 2
export const TEMPLATE = 3
const GROUP_SECONDS = 300
const DAY_MS = 86_400_000

export const isOwn = (message: Message): boolean => message.message_type === INCOMING

/** `known` with `news` put in: by id, newest form wins, oldest first. Notes and activity are not the visitor's. */
export function merge(known: Message[], news: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  for (const message of news) {
    if (message.private || message.message_type === ACTIVITY) continue
    byId.set(message.id, { ...byId.get(message.id), ...message })
  }
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** How many of the team's messages came after the visitor looked. `seenId` is what they surely saw. */
export const unreadCount = (messages: Message[], seenAt: number, seenId: number): number =>
  messages.filter((one) => one.message_type === OUTGOING && one.created_at > seenAt && one.id > seenId).length

export interface Row {
  message: Message
  /** The date line above it, or "". */
  day: string
  /** Whether it goes on a group of the same author. */
  isContinued: boolean
  /** Whether the group ends here. */
  isLast: boolean
  /** The agent whose first word this is, after someone else's; or "". */
  joined: string
}

const authorOf = (message: Message): string =>
  `${message.message_type} ${message.sender?.type ?? ''} ${message.sender?.id ?? ''}`

export function layOut(messages: Message[], now: Date): Row[] {
  const met = new Set<number>()
  return messages.map((message, at) => {
    const before = messages[at - 1]
    const after = messages[at + 1]
    const day = dayOf(message.created_at, now)
    return {
      message,
      day: !before || dayOf(before.created_at, now) !== day ? day : '',
      isContinued: before !== undefined && belongs(before, message, now),
      isLast: after === undefined || !belongs(message, after, now),
      joined: joins(message, met),
    }
  })
}

function joins({ message_type, sender }: Message, met: Set<number>): string {
  if (message_type !== OUTGOING || !sender || sender.type === 'agent_bot' || met.has(sender.id)) return ''
  met.add(sender.id)
  return sender.available_name || sender.name
}

const belongs = (one: Message, next: Message, now: Date): boolean =>
  authorOf(one) === authorOf(next) &&
  next.created_at - one.created_at < GROUP_SECONDS &&
  dayOf(one.created_at, now) === dayOf(next.created_at, now)

const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** "Hoy", "Ayer", "12 ago". */
export function dayOf(seconds: number, now: Date): string {
  const date = new Date(seconds * 1000)
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS)
  if (days <= 0) return t('today')
  if (days === 1) return t('yesterday')
  const isThisYear = date.getFullYear() === now.getFullYear()
  return date.toLocaleDateString(intl(), {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  })
}

/** A row of the list: today the time, yesterday "Ayer", else "12 ago". */
export const whenOf = (seconds: number, now: Date): string =>
  midnight(new Date(seconds * 1000)) === midnight(now) ? timeOf(seconds) : dayOf(seconds, now)

export const timeOf = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString(intl(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** "184 KB"; what is smaller than one is counted in bytes. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB']
  return `${value.toLocaleString(intl(), { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`
}
