import { expect, test } from 'vitest'
import { backSentence, hourLines, isOpen, nextOpening } from './hours'
import type { WorkingDay } from './types'

const day = (day_of_week: number, open: number | null, close = 18): WorkingDay => ({
  day_of_week,
  closed_all_day: open === null,
  open_all_day: false,
  open_hour: open,
  open_minutes: open === null ? null : 0,
  close_hour: open === null ? null : close,
  close_minutes: open === null ? null : 30,
})
const week = [day(0, null), ...[1, 2, 3, 4, 5].map((number) => day(number, 9)), day(6, 10, 14)]
const MADRID = 'Europe/Madrid'

test("open is judged in the inbox's zone, with both ends included, also in summer time", () => {
  expect(isOpen(week, MADRID, new Date('2026-11-23T08:00:00Z'))).toBe(true) // Monday 9:00
  expect(isOpen(week, MADRID, new Date('2026-11-23T07:59:00Z'))).toBe(false)
  expect(isOpen(week, MADRID, new Date('2026-11-23T17:30:30Z'))).toBe(true) // 18:30
  expect(isOpen(week, MADRID, new Date('2026-11-23T17:31:00Z'))).toBe(false)
  expect(isOpen(week, MADRID, new Date('2026-07-20T07:00:00Z'))).toBe(true) // Monday 9:00 in summer
  expect(isOpen(week, 'Not/AZone', new Date('2026-11-23T10:00:00Z'))).toBe(true)
})

test('the next opening skips closed days', () => {
  expect(nextOpening(week, MADRID, new Date('2026-11-21T19:00:00Z'))).toEqual({ inDays: 2, day: 1, minute: 540 })
  expect(backSentence(week, MADRID, new Date('2026-11-21T19:00:00Z'))).toBe('Volvemos el lunes a las 9:00.')
  expect(backSentence(week, MADRID, new Date('2026-11-23T05:00:00Z'))).toBe('Volvemos hoy a las 9:00.')
  expect(backSentence(week, MADRID, new Date('2026-11-23T19:00:00Z'))).toBe('Volvemos mañana a las 9:00.')
  expect(
    backSentence(
      [0, 1, 2, 3, 4, 5, 6].map((number) => day(number, null)),
      MADRID,
      new Date(),
    ),
  ).toBe('')
})

test('days with the same hours share a line, from Monday', () => {
  expect(hourLines(week)).toEqual([
    { days: 'lun – vie', hours: '9:00 – 18:30' },
    { days: 'sáb', hours: '10:00 – 14:30' },
    { days: 'dom', hours: 'Cerrado' },
  ])
})
