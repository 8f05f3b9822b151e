/** Office hours as the visitor sees them, in the inbox's time zone (behaviour.md F.8). */
import { intl, t } from './texts'
import type { WorkingDay } from './types'

const DAY_MINUTES = 1440
const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Day of week (0 Sunday) and minute of the day in `zone`. */
export function localTime(at: Date, zone: string): { day: number; minute: number } {
  let parts: Intl.DateTimeFormatPart[]
  const shape = { weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const
  try {
    parts = new Intl.DateTimeFormat('en-US', { ...shape, timeZone: zone }).formatToParts(at)
  } catch {
    parts = new Intl.DateTimeFormat('en-US', { ...shape, timeZone: 'UTC' }).formatToParts(at)
  }
  const value = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
  return { day: NAMES.indexOf(value('weekday')), minute: Number(value('hour')) * 60 + Number(value('minute')) }
}

/** First and last minute of the day's opening; null when closed. */
export function span(day: WorkingDay | undefined): [number, number] | null {
  if (!day || day.closed_all_day) return null
  if (day.open_all_day) return [0, DAY_MINUTES - 1]
  return [(day.open_hour ?? 0) * 60 + (day.open_minutes ?? 0), (day.close_hour ?? 0) * 60 + (day.close_minutes ?? 0)]
}

const ofDay = (week: WorkingDay[], day: number): [number, number] | null =>
  span(week.find((item) => item.day_of_week === day))

export function isOpen(week: WorkingDay[], zone: string, at: Date): boolean {
  const { day, minute } = localTime(at, zone)
  const open = ofDay(week, day)
  return open !== null && open[0] <= minute && minute <= open[1]
}

/** How many days from now it opens next, which day that is, and at which minute; null if never. */
export function nextOpening(
  week: WorkingDay[],
  zone: string,
  at: Date,
): { inDays: number; day: number; minute: number } | null {
  const now = localTime(at, zone)
  for (let inDays = 0; inDays <= 7; inDays++) {
    const day = (now.day + inDays) % 7
    const open = ofDay(week, day)
    if (open && (inDays > 0 || open[0] > now.minute)) return { inDays, day, minute: open[0] }
  }
  return null
}

export const clock = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`

/** The name of a day of the week in the visitor's language. 2023-01-01 was a Sunday. */
export const dayName = (day: number, weekday: 'long' | 'short' = 'long'): string =>
  new Intl.DateTimeFormat(intl(), { weekday, timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + day)))

/** "el lunes a las 9:00", or "" when it never opens. */
export function nextMoment(week: WorkingDay[], zone: string, at: Date): string {
  const next = nextOpening(week, zone, at)
  if (!next) return ''
  const key = next.inDays === 0 ? 'todayAt' : next.inDays === 1 ? 'tomorrowAt' : 'dayAt'
  return t(key, { day: dayName(next.day), time: clock(next.minute), count: Math.floor(next.minute / 60) })
}

/** "Volvemos el lunes a las 9:00." or "". */
export function backSentence(week: WorkingDay[], zone: string, at: Date): string {
  const when = nextMoment(week, zone, at)
  return when && t('backAt', { when })
}

/** Lines of the table: runs of days with the same hours, from Monday. */
export function hourLines(week: WorkingDay[]): { days: string; hours: string }[] {
  const lines: { first: number; last: number; hours: string }[] = []
  for (const day of [1, 2, 3, 4, 5, 6, 0]) {
    const item = week.find((one) => one.day_of_week === day)
    const open = span(item)
    const hours = !open ? t('closed') : item?.open_all_day ? t('allDay') : `${clock(open[0])} – ${clock(open[1])}`
    const before = lines.at(-1)
    if (before?.hours === hours) before.last = day
    else lines.push({ first: day, last: day, hours })
  }
  return lines.map(({ first, last, hours }) => ({
    days: first === last ? dayName(first, 'short') : `${dayName(first, 'short')} – ${dayName(last, 'short')}`,
    hours,
  }))
}
