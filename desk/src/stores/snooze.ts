// The moments a conversation can be put off to: in the agent's time zone, by the account's day and week (contract F.1). The
// server has the same rule (conversations/snoozing.py); one table of cases holds both to it.

export type SnoozeKey = 'next_reply' | 'hour' | 'tomorrow' | 'next_working_day' | 'next_week' | 'next_month'

/** What "tomorrow" depends on: whose time, when a day begins, and which days of the week are worked (Monday is 1). */
export interface Calendar {
  timezone: string
  day_starts_at: string
  working_days: number[]
}
const DAY = 86_400_000

/** Epoch seconds, or null for "until the next reply". */
export function snoozeUntil(key: SnoozeKey, now: Date, by: Calendar): number | null {
  if (key === 'next_reply') return null
  if (key === 'hour') return Math.floor(now.getTime() / 1000) + 3600
  return momentAt(dayOf(key, today(now, by.timezone), by.working_days) + clockOf(by.day_starts_at), by.timezone)
}

/** What is offered now: the next working day only where tomorrow is none. */
export function snoozesAt(now: Date, by: Calendar): SnoozeKey[] {
  const works = by.working_days.includes(weekday(today(now, by.timezone) + DAY))
  return [
    'next_reply',
    'hour',
    'tomorrow',
    ...(works ? [] : (['next_working_day'] as const)),
    'next_week',
    'next_month',
  ]
}

// Days and clocks are kept as if their zone were UTC, so that one counts with them; only `momentAt` knows the zone.

function dayOf(key: SnoozeKey, day: number, worked: number[]): number {
  const first = Math.min(...worked)
  if (key === 'next_week') return firstOf(day + DAY, [first])
  if (key === 'next_working_day') return firstOf(day + DAY, worked)
  if (key !== 'next_month') return day + DAY
  const at = new Date(day)
  return firstOf(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1), [first])
}
function firstOf(day: number, weekdays: number[]): number {
  return [0, 1, 2, 3, 4, 5, 6].map((ahead) => day + ahead * DAY).find((one) => weekdays.includes(weekday(one))) ?? day
}
const weekday = (day: number): number => new Date(day).getUTCDay() || 7

function clockOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return (hours * 60 + minutes) * 60_000
}

const zones = new Map<string, Intl.DateTimeFormat>()
/** What clocks in that zone show at a moment, as if it were UTC. */
export function wallClock(at: number, zone: string): number {
  const known =
    zones.get(zone) ??
    new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  zones.set(zone, known)
  const part = Object.fromEntries(known.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
}
const today = (now: Date, zone: string): number => Math.floor(wallClock(now.getTime(), zone) / DAY) * DAY

/** When clocks of that zone show this, in epoch seconds: of an hour that comes twice the first, of one that is left out the
 * one after. */
export function momentAt(wall: number, zone: string): number {
  const offsets = [wall - DAY, wall + DAY].map((near) => wallClock(near, zone) - near)
  const [before = 0, after = 0] = offsets
  const at = [wall - before, wall - after].find((moment) => wallClock(moment, zone) === wall) ?? wall - before
  return Math.floor(at / 1000)
}

/** What a date-time field shows for a moment, and back: the zone's clocks to the minute. */
export const fieldOf = (at: number, zone: string): string =>
  new Date(wallClock(at * 1000, zone)).toISOString().slice(0, 16)
export function momentOf(field: string, zone: string): number | undefined {
  const wall = field ? Date.parse(`${field.slice(0, 16)}:00Z`) : NaN
  return Number.isNaN(wall) ? undefined : momentAt(wall, zone)
}

/** Epoch seconds of the moment it wakes, or null for "until the next reply". */
export function wakesAt(conversation: { snoozed_until: string | null }): number | null {
  const at = conversation.snoozed_until ? new Date(conversation.snoozed_until).getTime() : NaN
  return Number.isNaN(at) ? null : Math.floor(at / 1000)
}
