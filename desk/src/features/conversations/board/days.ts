/** A day of the wire as people read it. */
export function longDay(day: string, locale: string): string {
  const date = new Date(`${day}T12:00:00`)
  return Number.isNaN(date.getTime())
    ? day
    : date.toLocaleDateString(locale, { day: 'numeric', month: 'short', year: 'numeric' })
}
