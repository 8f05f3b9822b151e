import { describe, expect, it } from 'vitest'

import { fieldValue, laterAt, momentName, readField } from './later'

describe('sending later', () => {
  const friday = new Date(2026, 5, 5, 17, 30)
  const at = (seconds: number | undefined) => new Date((seconds ?? 0) * 1000)

  it('offers an hour, tomorrow at nine and the next Monday at nine', () => {
    expect(at(laterAt('hour', friday))).toEqual(new Date(2026, 5, 5, 18, 30))
    expect(at(laterAt('tomorrow', friday))).toEqual(new Date(2026, 5, 6, 9))
    expect(at(laterAt('monday', friday))).toEqual(new Date(2026, 5, 8, 9))
    expect(at(laterAt('monday', new Date(2026, 5, 7, 23)))).toEqual(new Date(2026, 5, 8, 9))
    expect(at(laterAt('monday', new Date(2026, 5, 8, 7)))).toEqual(new Date(2026, 5, 15, 9))
  })
  it('reads the field in local time and takes nothing that has passed', () => {
    expect(fieldValue(new Date(2026, 0, 2, 3, 4))).toBe('2026-01-02T03:04')
    expect(at(readField('2026-06-06T08:15', friday))).toEqual(new Date(2026, 5, 6, 8, 15))
    for (const wrong of ['', 'x', '2026-06-05T17:30', '2025-01-01T00:00'])
      expect(readField(wrong, friday)).toBeUndefined()
  })

  it('is told as people say it: today, tomorrow, or the day (R-03)', () => {
    const said = (day: number, hour: number) =>
      momentName(new Date(2026, 5, day, hour, 5).getTime() / 1000, 'es', friday)
    expect(said(5, 18)).toBe('hoy a las 18:05')
    expect(said(6, 9)).toBe('mañana a las 09:05')
    expect(said(8, 9)).toBe('el lunes, 8 de junio, 09:05')
  })
})
