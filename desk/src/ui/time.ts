// Times as people say them: relative up to a day, then the day. The full time is always the title.

const MINUTE = 60_000
const DAY = 86_400_000

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

export function relativeTime(at: Date, now: Date, locale: string): string {
  const age = now.getTime() - at.getTime()
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  if (age < MINUTE) return locale.startsWith('es') ? 'ahora' : 'now'
  if (age < 60 * MINUTE) return words.format(-Math.floor(age / MINUTE), 'minute')
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY)
  if (days === 0) return clockTime(at, locale)
  if (days === 1) return words.format(-1, 'day')
  if (days < 7) return at.toLocaleDateString(locale, { weekday: 'short' })
  const sameYear = at.getFullYear() === now.getFullYear()
  return at.toLocaleDateString(
    locale,
    sameYear ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' },
  )
}

export function clockTime(at: Date, locale: string): string {
  return at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

export function fullTime(at: Date, locale: string): string {
  return at.toLocaleString(locale, { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' })
}

/** A day without a clock, as attributes hold one ("2021-06-04", or a moment of that day): the same day in every zone. */
export function plainDay(written: string, locale: string): string {
  const day = new Date(written.slice(0, 10))
  return Number.isNaN(day.getTime())
    ? written
    : day.toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' })
}

/** "Hoy", "Ayer" or the date: the line between days of a thread. */
export function dayName(at: Date, now: Date, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY)
  if (days <= 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day')
    return word.charAt(0).toUpperCase() + word.slice(1)
  }
  const sameYear = at.getFullYear() === now.getFullYear()
  return at.toLocaleDateString(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  })
}

export const isSameDay = (a: Date, b: Date): boolean => startOfDay(a) === startOfDay(b)
