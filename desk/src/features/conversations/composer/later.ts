// The moments that are offered for sending later, computed where the agent is.
import { t } from '@/i18n'
import { clockTime, isSameDay, longDayAndTime } from '@/ui/time'

export type LaterKey = 'hour' | 'tomorrow' | 'monday'
export const LATERS: LaterKey[] = ['hour', 'tomorrow', 'monday']
const HOUR = 9

/** Epoch seconds. "Monday" is the next one, also on a Monday. */
export function laterAt(key: LaterKey, now: Date): number {
  if (key === 'hour') return Math.floor(now.getTime() / 1000) + 3600
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate(), HOUR)
  at.setDate(at.getDate() + (key === 'tomorrow' ? 1 : (8 - at.getDay()) % 7 || 7))
  return Math.floor(at.getTime() / 1000)
}

/** What a date-time field shows: local time to the minute. */
export function fieldValue(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** What was typed there, in epoch seconds; undefined when it is no time or has passed. */
export function readField(value: string, now: Date): number | undefined {
  const at = new Date(value)
  return Number.isNaN(at.getTime()) || at <= now ? undefined : Math.floor(at.getTime() / 1000)
}

/** "hoy a las 18:30", "mañana a las 09:00", or "el lunes, 3 de agosto, 09:00". */
export function momentName(at: number, locale: string, now = new Date()): string {
  const moment = new Date(at * 1000)
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1)
  const near = isSameDay(moment, now) ? 'later.today_at' : isSameDay(moment, tomorrow) ? 'later.tomorrow_at' : ''
  if (near) return t(near, { time: clockTime(moment, locale) })
  return t('later.day_at', { time: longDayAndTime(moment, locale) })
}
