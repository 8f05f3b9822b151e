import { describe, expect, it } from 'vitest'

import type { SnoozeChoice } from '@/stores/own'
import { snoozesAt, snoozeUntil } from '@/stores/snooze'

import { latersOf, momentName } from './later'

const by = { timezone: 'America/Santiago', day_starts_at: '08:30', working_days: [2, 3, 4, 5, 6] }
const choicesAt = (now: Date): SnoozeChoice[] =>
  snoozesAt(now, by).map((key) => ({ key, label: key, until: snoozeUntil(key, now, by), moment: '' }))
const offered = (now: string) =>
  latersOf(choicesAt(new Date(now))).map(({ key, at }) => `${key} ${new Date(at * 1000).toISOString().slice(0, 16)}`)

describe('Z-06 sending later', () => {
  it('offers moments of the agent’s zone and the account’s hour and days, whatever this browser’s clock says', () => {
    // Friday evening there, Saturday already in UTC.
    expect(offered('2026-06-06T01:30:00Z')).toEqual([
      'hour 2026-06-06T02:30',
      'tomorrow 2026-06-06T12:30',
      'next_week 2026-06-09T12:30',
    ])
    // On Saturday tomorrow is not worked.
    expect(offered('2026-06-06T15:00:00Z')).toContain('next_working_day 2026-06-09T12:30')
  })

  it('is told as people say it: today, tomorrow, or the day (R-03)', () => {
    const friday = new Date('2026-06-06T01:30:00Z')
    const said = (at: string) => momentName(Date.parse(at) / 1000, by.timezone, 'es', friday)
    expect(said('2026-06-06T02:05:00Z')).toBe('hoy a las 22:05')
    expect(said('2026-06-06T12:30:00Z')).toBe('mañana a las 08:30')
    expect(said('2026-06-09T12:30:00Z')).toBe('el martes, 9 de junio, 08:30')
  })
})
