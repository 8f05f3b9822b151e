// Times as people say them: relative up to a day, then the day. The full time is always the title.

/** Intl objects cost a hundred times what they do, so each is made once. */
function kept<T>(make: (locale: string) => T): (locale: string) => T {
  const made = new Map<string, T>()
  return (locale) => {
    const known = made.get(locale) ?? make(locale)
    made.set(locale, known)
    return known
  }
}
const dates = (options: Intl.DateTimeFormatOptions) => kept((locale) => new Intl.DateTimeFormat(locale, options))
const shortWords = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }))
const longWords = kept((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
const weekday = dates({ weekday: 'short' })
const dayAndMonth = dates({ day: 'numeric', month: 'short' })
const dayMonthYear = dates({ day: 'numeric', month: 'short', year: 'numeric' })
const clock = dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const full = dates({ dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' })
const utcDay = dates({ dateStyle: 'medium', timeZone: 'UTC' })
const mediumAndTime = dates({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
const weekdayAndTime = dates({ weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const utcWholeDay = dates({ dateStyle: 'full', timeZone: 'UTC' })
const longDay = dates({ weekday: 'long', day: 'numeric', month: 'long' })
const longDayAndYear = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

const MINUTE = 60_000
const DAY = 86_400_000

const unit = (name: 'minute' | 'hour' | 'day') =>
  kept((locale) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }))
const minutes = unit('minute')
const hours = unit('hour')
const daysOf = unit('day')

/** A length of time in one unit, at least a minute: "44 min", "3 h", "2 d". */
export function lengthOf(milliseconds: number, locale: string): string {
  if (milliseconds >= DAY) return daysOf(locale).format(Math.floor(milliseconds / DAY))
  if (milliseconds >= 60 * MINUTE) return hours(locale).format(Math.floor(milliseconds / (60 * MINUTE)))
  return minutes(locale).format(Math.max(1, Math.floor(milliseconds / MINUTE)))
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

export function relativeTime(at: Date, now: Date, locale: string): string {
  const age = now.getTime() - at.getTime()
  const words = shortWords(locale)
  if (age < MINUTE) return locale.startsWith('es') ? 'ahora' : 'now'
  if (age < 60 * MINUTE) return words.format(-Math.floor(age / MINUTE), 'minute')
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY)
  if (days === 0) return clockTime(at, locale)
  if (days === 1) return words.format(-1, 'day')
  if (days < 7) return weekday(locale).format(at)
  const sameYear = at.getFullYear() === now.getFullYear()
  return (sameYear ? dayAndMonth : dayMonthYear)(locale).format(at)
}

export function clockTime(at: Date, locale: string): string {
  return clock(locale).format(at)
}

export function fullTime(at: Date, locale: string): string {
  return full(locale).format(at)
}

/** From one moment to a later one, what they share said once. */
export function fullSpan(from: Date, to: Date, locale: string): string {
  return full(locale).formatRange(from, to)
}

/** "jueves, 3 de diciembre de 2026" of a moment that stands for a whole day, in UTC. */
export function wholeDay(at: Date, locale: string): string {
  return utcWholeDay(locale).format(at)
}

/** "3 dic 2026, 14:05". */
export function dayAndTime(at: Date, locale: string): string {
  return mediumAndTime(locale).format(at)
}

/** "jue, 14:05": a moment of the next days. */
export function dayOfWeekAndTime(at: Date, locale: string): string {
  return weekdayAndTime(locale).format(at)
}

const inZone = (options: Intl.DateTimeFormatOptions) => (zone: string) => dates({ ...options, timeZone: zone })
const kinds = {
  today: inZone({ hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }),
  week: inZone({ weekday: 'short', hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }),
  clock: inZone({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  long: inZone({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  later: inZone({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }),
}
const near = kept((key) => {
  const [kind, zone] = key.split('|') as [keyof typeof kinds, string]
  return kinds[kind](zone)
})

/** A moment (epoch seconds) as clocks of that zone show it: "09:05", or "lunes, 8 de junio, 09:05". */
export function clockThere(kind: 'clock' | 'long', at: number, locale: string, zone: string): string {
  return near(`${kind}|${zone}`)(locale).format(at * 1000)
}

/** A moment to come (epoch seconds), as clocks of that zone show it: "18:30", "mar, 9:00" or "4 ene, 9:00". */
export function momentNear(at: number, now: Date, locale: string, zone: string): string {
  const day = (moment: Date) => near(`later|${zone}`)(locale).format(moment).split(/[,·]/)[0]
  const moment = new Date(at * 1000)
  const kind = day(moment) === day(now) ? 'today' : at * 1000 - now.getTime() < 6 * DAY ? 'week' : 'later'
  return near(`${kind}|${zone}`)(locale).format(moment)
}

/** A day without a clock, as attributes hold one ("2021-06-04", or a moment of that day): the same day in every zone. */
export function plainDay(written: string, locale: string): string {
  const day = new Date(written.slice(0, 10))
  return Number.isNaN(day.getTime()) ? written : utcDay(locale).format(day)
}

/** "Hoy", "Ayer" or the date: the line between days of a thread. */
export function dayName(at: Date, now: Date, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY)
  if (days <= 1) {
    const word = longWords(locale).format(-days, 'day')
    return word.charAt(0).toUpperCase() + word.slice(1)
  }
  const sameYear = at.getFullYear() === now.getFullYear()
  return (sameYear ? longDay : longDayAndYear)(locale).format(at)
}

export const isSameDay = (a: Date, b: Date): boolean => startOfDay(a) === startOfDay(b)
