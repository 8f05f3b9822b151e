import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { fieldOf, momentOf, snoozesAt, snoozeUntil, type SnoozeKey } from './snooze'

interface Case {
  says: string
  at: string
  zone: string
  starts: string
  days: number[]
  name: SnoozeKey
  until: string | null
}
// The same table holds the server to the same rule.
const CASES = JSON.parse(readFileSync('../ventanilla/conversations/tests/snoozes.json', 'utf8')) as Case[]
const week = [1, 2, 3, 4, 5]

describe('C-06 C-07 putting off', () => {
  it.each(CASES)('$says', ({ at, zone, starts, days, name, until }) => {
    const moment = snoozeUntil(name, new Date(at), { timezone: zone, day_starts_at: starts, working_days: days })
    expect(moment && new Date(moment * 1000).toISOString().replace('.000', '')).toBe(until)
  })

  it('offers the next working day only where tomorrow is none', () => {
    const by = { timezone: 'America/Santiago', day_starts_at: '09:00', working_days: week }
    expect(snoozesAt(new Date('2026-06-05T03:30:00Z'), by)).not.toContain('next_working_day') // Thursday night there
    expect(snoozesAt(new Date('2026-06-05T04:30:00Z'), by)).toContain('next_working_day')
  })
})

describe('C-08 a moment of one’s own choice', () => {
  it('is read in the agent’s zone, whatever zone the browser is in', () => {
    const at = momentOf('2026-06-05T09:30', 'America/Santiago')
    expect(at).toBe(Date.parse('2026-06-05T13:30:00Z') / 1000)
    expect(fieldOf(at!, 'America/Santiago')).toBe('2026-06-05T09:30')
    expect(momentOf('', 'UTC')).toBeUndefined()
  })
})
