import { expect, test } from 'vitest'

import { howItStands } from './promise'

const clock = { promise: 'first_response' as const, half_at: 600, due_at: 1200 }
const at = (seconds: number) => new Date(seconds * 1000)

test('D-SLA-03 a promise is green, amber from half of its time and red when it is over', () => {
  expect(howItStands(clock, at(0))).toEqual({ tone: 'ok', left: 1_200_000 })
  expect(howItStands(clock, at(599)).tone).toBe('ok')
  expect(howItStands(clock, at(600)).tone).toBe('warn')
  expect(howItStands(clock, at(1200)).tone).toBe('warn')
  expect(howItStands(clock, at(1260))).toEqual({ tone: 'late', left: -60_000 })
})
