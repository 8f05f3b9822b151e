/** Office hours as the visitor sees them, in the inbox's time zone. What is open when, the server says (behaviour.md F.8). */
import { intl, t } from './texts'

/** From and until, in seconds since 1970; in order, the end exclusive. */
export type Windows = [number, number][]
/** Of each day, Sunday first: minutes from midnight; what goes on after it is above 1,440. */
export type Week = [number, number][][]

const DAY_MINUTES = 1440
const DAY = 86_400_000

/** The day on the wall in `zone` (as UTC's midnight of that date) and the minute of the day. */
export function localTime(at: Date, zone: string): { date: number; minute: number } {
  let parts: Intl.DateTimeFormatPart[]
  const shape = { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23', calendar: 'iso8601' } as const
  try {
    parts = new Intl.DateTimeFormat('en-CA', { ...shape, timeZone: zone }).formatToParts(at)
  } catch {
    parts = new Intl.DateTimeFormat('en-CA', { ...shape, timeZone: 'UTC' }).formatToParts(at)
  }
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return {
    date: Date.UTC(value('year'), value('month') - 1, value('day')),
    minute: value('hour') * 60 + value('minute'),
  }
}

export const isOpen = (windows: Windows, at: Date): boolean =>
  windows.some(([from, until]) => from * 1000 <= +at && +at < until * 1000)

/** How many days from now it opens next, which day of the week that is, and at which minute; null if never. */
export function nextOpening(
  windows: Windows,
  zone: string,
  at: Date,
): { inDays: number; day: number; minute: number } | null {
  const next = windows.find(([from]) => from * 1000 > +at)
  if (!next) return null
  const [now, then] = [localTime(at, zone), localTime(new Date(next[0] * 1000), zone)]
  return { inDays: Math.round((then.date - now.date) / DAY), day: new Date(then.date).getUTCDay(), minute: then.minute }
}

export const clock = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`

/** The name of a day of the week in the visitor's language. 2023-01-01 was a Sunday. */
export const dayName = (day: number, weekday: 'long' | 'short' = 'long'): string =>
  new Intl.DateTimeFormat(intl(), { weekday, timeZone: 'UTC' }).format(new Date(Date.UTC(2023, 0, 1 + day)))

/** "el lunes a las 9:00", or "" when it never opens. */
export function nextMoment(windows: Windows, zone: string, at: Date): string {
  const next = nextOpening(windows, zone, at)
  if (!next) return ''
  const key = next.inDays === 0 ? 'todayAt' : next.inDays === 1 ? 'tomorrowAt' : 'dayAt'
  return t(key, { day: dayName(next.day), time: clock(next.minute), count: Math.floor(next.minute / 60) })
}

/** "Volvemos el lunes a las 9:00." or "". */
export function backSentence(windows: Windows, zone: string, at: Date): string {
  const when = nextMoment(windows, zone, at)
  return when && t('backAt', { when })
}

function hoursOf(spans: [number, number][]): string {
  if (!spans.length) return t('closed')
  if (spans.some(([from, until]) => from === 0 && until === DAY_MINUTES)) return t('allDay')
  return spans.map(([from, until]) => `${clock(from)} – ${clock(until % DAY_MINUTES)}`).join(', ')
}

/** Lines of the table: runs of days with the same hours, from Monday. */
export function hourLines(week: Week): { days: string; hours: string }[] {
  const lines: { first: number; last: number; hours: string }[] = []
  for (const day of [1, 2, 3, 4, 5, 6, 0]) {
    const hours = hoursOf(week[day] ?? [])
    const before = lines.at(-1)
    if (before?.hours === hours) before.last = day
    else lines.push({ first: day, last: day, hours })
  }
  return lines.map(({ first, last, hours }) => ({
    days: first === last ? dayName(first, 'short') : `${dayName(first, 'short')} – ${dayName(last, 'short')}`,
    hours,
  }))
}
