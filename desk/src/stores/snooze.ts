// The moments a conversation can be put off to, computed where the agent is (contract F.1).

export type SnoozeKey = 'next_reply' | 'hour' | 'tomorrow' | 'next_week'
export const SNOOZES: SnoozeKey[] = ['next_reply', 'hour', 'tomorrow', 'next_week']
const HOUR = 9

/** Epoch seconds, or null for "until the next reply". */
export function snoozeUntil(key: SnoozeKey, now: Date): number | null {
  if (key === 'next_reply') return null
  if (key === 'hour') return Math.floor(now.getTime() / 1000) + 3600
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate(), HOUR)
  if (key === 'tomorrow') at.setDate(at.getDate() + 1)
  else at.setDate(at.getDate() + ((8 - at.getDay()) % 7 || 7))
  return Math.floor(at.getTime() / 1000)
}

/** Epoch seconds of the moment it wakes, or null for "until the next reply". */
export function wakesAt(conversation: { snoozed_until: string | null }): number | null {
  const at = conversation.snoozed_until ? new Date(conversation.snoozed_until).getTime() : NaN
  return Number.isNaN(at) ? null : Math.floor(at / 1000)
}

export const isSnooze = (key: string): key is SnoozeKey => SNOOZES.some((one) => one === key)
