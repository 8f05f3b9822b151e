// What a line of an export says: its filters, its days, how long it still takes.
import type { Condition, FilterField } from '@/api/models'
import { fieldOf } from '@/components/conditions/conditions'
import type { Choice } from '@/ui/UiPicker.vue'

/** A day as it is written in the account, whatever the reader's time zone. */
const dayOf = (iso: string): Date => new Date(`${iso}T12:00:00Z`)

/** "19 – 25 ago 2026", each part once. */
export function daysInWords(begins: string, ends: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return format.formatRange(dayOf(begins), dayOf(ends))
}

/** The same day two months later, or that month's last: as far as an export may go (the server's `last_day_from`). */
export function lastDayFrom(begins: string): string {
  const [year = 0, month = 1, day = 1] = begins.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + 2, 0)).getUTCDate()
  return new Date(Date.UTC(year, month + 1, Math.min(day, last))).toISOString().slice(0, 10)
}

/** That many days, the last of them `ends`. */
export function daysBefore(ends: string, count: number): string {
  const day = dayOf(ends)
  day.setUTCDate(day.getUTCDate() - count + 1)
  return day.toISOString().slice(0, 10)
}

/** The values of each condition by name: "Soporte · Cerrada". */
export function filtersInWords(
  conditions: Condition[],
  fields: readonly FilterField[],
  choicesOf: (field: FilterField) => Choice[],
): string {
  return conditions
    .map((one) => {
      const field = fieldOf(fields, one)
      const names = new Map((field ? choicesOf(field) : []).map((choice) => [String(choice.key), choice.label]))
      return one.values.map((value) => names.get(String(value)) ?? String(value)).join(', ')
    })
    .filter(Boolean)
    .join(' · ')
}

/** Seconds that the rest takes at the pace so far; unknown until there is a pace. */
export function secondsLeft(done: number, total: number, startedAt: string | null, at: number): number | undefined {
  const spent = startedAt === null ? 0 : (at - Date.parse(startedAt)) / 1000
  if (!done || spent < 2 || total <= done) return undefined
  return Math.max(1, Math.round(((total - done) * spent) / done))
}
