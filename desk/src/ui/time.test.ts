import { describe, expect, it } from 'vitest'

import { clockTime, dayName, fullTime, isSameDay, plainDay, relativeTime } from './time'

const now = new Date(2026, 7, 20, 10, 45)
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

describe('times', () => {
  it('are relative within the hour, a clock within the day, a word for yesterday', () => {
    expect(relativeTime(ago(0), now, 'es')).toBe('ahora')
    expect(relativeTime(ago(4), now, 'es')).toContain('4')
    expect(relativeTime(ago(120), now, 'es')).toBe('08:45')
    expect(relativeTime(ago(24 * 60), now, 'es')).toBe('ayer')
    expect(relativeTime(ago(24 * 60 * 8), now, 'es')).toBe('12 ago')
    expect(relativeTime(new Date(2025, 0, 3), now, 'es')).toContain('2025')
  })

  it('name the days of a thread', () => {
    expect(dayName(now, now, 'es')).toBe('Hoy')
    expect(dayName(ago(24 * 60), now, 'en')).toBe('Yesterday')
    expect(isSameDay(ago(600), now)).toBe(true)
    expect(isSameDay(ago(660), now)).toBe(false)
  })

  it('show 24 hours in English too', () => {
    const evening = new Date(2026, 7, 20, 19, 5)
    expect(clockTime(evening, 'en')).toBe('19:05')
    expect(fullTime(evening, 'en')).toContain('19:05')
  })

  it('leave a day of an attribute the day it is, wherever the reader lives', () => {
    expect(plainDay('2021-06-04', 'es')).toBe('4 jun 2021')
    expect(plainDay('2021-06-04T00:00:00.000Z', 'en')).toBe('Jun 4, 2021')
    expect(plainDay('pronto', 'es')).toBe('pronto')
  })
})
