import { expect, test } from 'vitest'
import { backSentence, hourLines, isOpen, nextOpening, type Windows } from './hours'

const MADRID = 'Europe/Madrid'
const seconds = (iso: string) => Date.parse(iso) / 1000
// Monday 23 to Wednesday 25 November, 9:00 to 13:00 and 14:30 to 18:30; Monday 30 again
const windows: Windows = ['23', '24', '25', '30'].flatMap((day): Windows => [
  [seconds(`2026-11-${day}T08:00:00Z`), seconds(`2026-11-${day}T12:00:00Z`)],
  [seconds(`2026-11-${day}T13:30:00Z`), seconds(`2026-11-${day}T17:30:00Z`)],
])

test('open is what the server says, the beginning included and the end not', () => {
  expect(isOpen(windows, new Date('2026-11-23T08:00:00Z'))).toBe(true)
  expect(isOpen(windows, new Date('2026-11-23T07:59:59Z'))).toBe(false)
  expect(isOpen(windows, new Date('2026-11-23T12:30:00Z'))).toBe(false) // at lunch
  expect(isOpen(windows, new Date('2026-11-23T17:30:00Z'))).toBe(false)
})

test("I-11 the next opening is told by the day on the inbox's wall", () => {
  expect(nextOpening(windows, MADRID, new Date('2026-11-21T19:00:00Z'))).toEqual({ inDays: 2, day: 1, minute: 540 })
  expect(backSentence(windows, MADRID, new Date('2026-11-21T19:00:00Z'))).toBe('Volvemos el lunes a las 9:00.')
  expect(backSentence(windows, MADRID, new Date('2026-11-23T05:00:00Z'))).toBe('Volvemos hoy a las 9:00.')
  expect(backSentence(windows, MADRID, new Date('2026-11-23T12:30:00Z'))).toBe('Volvemos hoy a las 14:30.')
  expect(backSentence(windows, MADRID, new Date('2026-11-23T19:00:00Z'))).toBe('Volvemos mañana a las 9:00.')
  // half past eleven at night in Madrid is tomorrow in Kathmandu
  expect(nextOpening(windows, 'Asia/Kathmandu', new Date('2026-11-23T22:30:00Z'))?.inDays).toBe(0)
  expect(nextOpening(windows, 'Not/AZone', new Date('2026-11-22T12:00:00Z'))?.minute).toBe(480)
  expect(backSentence([], MADRID, new Date())).toBe('')
})

test('I-11 days with the same hours share a line, from Monday, each with its spans', () => {
  const day: [number, number][] = [
    [540, 780],
    [870, 1110],
  ]
  expect(hourLines([[], day, day, day, day, [[1200, 1560]], [[0, 1440]]])).toEqual([
    { days: 'lun – jue', hours: '9:00 – 13:00, 14:30 – 18:30' },
    { days: 'vie', hours: '20:00 – 2:00' },
    { days: 'sáb', hours: 'Todo el día' },
    { days: 'dom', hours: 'Cerrado' },
  ])
})
