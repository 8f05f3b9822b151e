import { describe, expect, it } from 'vitest'

import type { FilterField } from '@/api/models'

import { daysBefore, daysInWords, filtersInWords, lastDayFrom, secondsLeft } from './words'

describe('the days of an export', () => {
  it('D-EXP-04: two calendar months at most, as the server counts them', () => {
    expect(lastDayFrom('2026-01-01')).toBe('2026-03-01')
    expect(lastDayFrom('2025-12-31')).toBe('2026-02-28')
    expect(lastDayFrom('2023-12-31')).toBe('2024-02-29')
    expect(lastDayFrom('2026-12-15')).toBe('2027-02-15')
  })
  it('D-EXP-03: seven days are the day itself and six before', () => {
    expect(daysBefore('2026-03-02', 7)).toBe('2026-02-24')
  })
  it('are said once where they share a month', () => {
    expect(daysInWords('2026-08-19', '2026-08-25', 'es')).toContain('2026')
    expect(daysInWords('2026-08-19', '2026-08-25', 'es').match(/2026/g)).toHaveLength(1)
  })
})

describe('the line of an export', () => {
  it('names what its filters chose', () => {
    const field = { key: 'team_id', model: '', choices: [], codes: [], source: 'teams' } as unknown
    const condition = { attribute_key: 'team_id', filter_operator: 'equal_to', values: ['3'], query_operator: null }
    const choices = () => [{ key: '3', label: 'Soporte' }]
    expect(filtersInWords([condition], [field as FilterField], choices)).toBe('Soporte')
    expect(filtersInWords([condition], [], choices)).toBe('3')
  })
  it('knows how long the rest takes once there is a pace', () => {
    expect(secondsLeft(50, 100, '2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:10Z'))).toBe(10)
    expect(secondsLeft(0, 100, '2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:10Z'))).toBeUndefined()
  })
})
