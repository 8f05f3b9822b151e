// How a promise to a customer stands at a moment.
import type { Conversation } from '@/api/models'

export interface Standing {
  tone: 'ok' | 'warn' | 'late'
  /** Milliseconds, below zero when it is over. */
  left: number
}

export function howItStands(clock: NonNullable<Conversation['service_level']>, now: Date): Standing {
  const left = clock.due_at * 1000 - now.getTime()
  if (left < 0) return { tone: 'late', left }
  return { tone: clock.half_at * 1000 <= now.getTime() ? 'warn' : 'ok', left }
}
