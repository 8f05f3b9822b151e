// The moments that are offered for sending later: those a conversation can be put off to, by the agent's clock and the
// account's day and week (stores/snooze.ts computes them, the server by the same table of cases).
import { t } from '@/i18n'
import type { SnoozeChoice } from '@/stores/own'
import { wallClock, type SnoozeKey } from '@/stores/snooze'
import { clockThere } from '@/ui/time'

const LATERS: SnoozeKey[] = ['hour', 'tomorrow', 'next_working_day', 'next_week']
const DAY = 86_400_000

export interface LaterChoice {
  key: SnoozeKey
  label: string
  /** Epoch seconds, and how clocks where the agent is show it. */
  at: number
  moment: string
}
export function latersOf(choices: readonly SnoozeChoice[]): LaterChoice[] {
  return choices.flatMap(({ key, until, moment }) =>
    until !== null && LATERS.includes(key) ? [{ key, label: t(`later.${key}`), at: until, moment }] : [],
  )
}

/** "hoy a las 18:30", "mañana a las 09:00", or "el lunes, 3 de agosto, 09:00", where the agent is. */
export function momentName(at: number, zone: string, locale: string, now = new Date()): string {
  const day = (moment: number) => Math.floor(wallClock(moment, zone) / DAY)
  const ahead = day(at * 1000) - day(now.getTime())
  const near = ahead === 0 ? 'later.today_at' : ahead === 1 ? 'later.tomorrow_at' : ''
  if (near) return t(near, { time: clockThere('clock', at, locale, zone) })
  return t('later.day_at', { time: clockThere('long', at, locale, zone) })
}
