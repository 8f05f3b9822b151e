import { describe, expect, it, vi } from 'vitest'

import { clockTime, dayAndTime, dayName, dayOfWeekAndTime, fullTime, isSameDay, plainDay, relativeTime } from './time'

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

describe('Z-21 Intl objects', () => {
  it('are made once for each language and form, however many times are shown', () => {
    const Real = Intl.DateTimeFormat
    let made = 0
    class Counted extends Real {
      constructor(...given: ConstructorParameters<typeof Intl.DateTimeFormat>) {
        super(...given)
        made += 1
      }
    }
    vi.stubGlobal('Intl', { ...Intl, DateTimeFormat: Counted, RelativeTimeFormat: Intl.RelativeTimeFormat })
    const forms = [clockTime, dayAndTime, dayOfWeekAndTime, fullTime]
    for (let minute = 0; minute < 500; minute += 1)
      for (const locale of ['es', 'en']) {
        for (const form of forms) form(ago(minute), locale)
        relativeTime(ago(minute * 100), now, locale)
        dayName(ago(minute * 100), now, locale)
      }
    vi.unstubAllGlobals()
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThanOrEqual(2 * 11)
  })

  it('are made here alone by what a conversation shows', () => {
    const sources = import.meta.glob<string>('../features/conversations/**/*.{ts,vue}', {
      query: '?raw',
      import: 'default',
      eager: true,
    })
    const making = /\.toLocale(?:Date|Time)?String\(|new Intl\./
    expect(
      Object.keys(sources).filter((name) => !name.endsWith('.test.ts') && making.test(sources[name] ?? '')),
    ).toEqual([])
  })
})
