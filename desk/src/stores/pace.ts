// Which of several texts that wait is sent next, and when: what one of them suffers does not hold up the others.
import { ApiError, Offline } from '@/api/client'

/** So often the server may break on one text before its writer is told; with the pauses between, half a minute. */
export const MOST_TRIES = 6
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** What a timer can count; a longer wait is looked at again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** The server, or one before it, is away: of no text's doing. */
const AWAY = [429, 502, 503, 504]

export interface Paced {
  accountId: number
  conversationId: number
  state: 'queued' | 'sending' | 'failed'
  /** How often the server broke on it. */
  tries?: number
  /** When it was last tried in vain, in milliseconds since 1970. */
  triedAt?: number
}

/** Milliseconds to wait after so many failures in a row: doubles, up to half a minute. */
export const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))

/** "away" waits for the server, "broken" counts against this text, "refused" is final. */
export function kindOf(error: unknown): 'away' | 'broken' | 'refused' {
  if (error instanceof Offline) return 'away'
  if (!(error instanceof ApiError)) return 'refused'
  if (AWAY.includes(error.status)) return 'away'
  return error.status >= 500 || error.status === 408 ? 'broken' : 'refused'
}

/** Milliseconds until this one may be tried again. */
function leftMs({ tries, triedAt = 0 }: Paced, now: number): number {
  // A clock that went back since says nothing about how long is left.
  if (!tries || triedAt > now) return 0
  return Math.max(0, triedAt + pauseAfter(tries) - now)
}

/** The first that waits in each conversation: within one, order holds. */
function heads<T extends Paced>(items: readonly T[]): T[] {
  const first = new Map<string, T>()
  for (const item of items) {
    const lane = `${item.accountId}/${item.conversationId}`
    if (item.state !== 'failed' && !first.has(lane)) first.set(lane, item)
  }
  return [...first.values()].filter((item) => item.state === 'queued')
}

/** What to send now: of those that may, the one whose last failure is longest ago, so that each has its turn. */
export function nextOf<T extends Paced>(items: readonly T[], now: number): T | undefined {
  return heads(items)
    .filter((item) => leftMs(item, now) === 0)
    .sort((a, b) => (a.triedAt ?? 0) - (b.triedAt ?? 0))[0]
}

/** Milliseconds until the next may be sent, and not before `atLeast`; nothing when nothing waits. */
export function waitOf(items: readonly Paced[], now: number, atLeast: number): number | undefined {
  const waiting = heads(items)
  if (!waiting.length) return undefined
  const soonest = Math.min(...waiting.map((item) => leftMs(item, now)))
  return Math.min(LONGEST_TIMER_MS, Math.max(atLeast, soonest))
}
