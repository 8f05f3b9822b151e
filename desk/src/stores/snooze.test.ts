import { describe, expect, it } from 'vitest'

import { snoozeUntil } from './snooze'

describe('C-05 C-06 C-07 putting off', () => {
  const wednesday = new Date(2026, 5, 3, 17, 30)
  const at = (seconds: number | null) => new Date((seconds ?? 0) * 1000)

  it('until the next reply has no date', () => expect(snoozeUntil('next_reply', wednesday)).toBeNull())
  it('tomorrow is nine in the morning', () =>
    expect(at(snoozeUntil('tomorrow', wednesday))).toEqual(new Date(2026, 5, 4, 9)))
  it('next week is Monday, also from a Monday', () => {
    expect(at(snoozeUntil('next_week', wednesday))).toEqual(new Date(2026, 5, 8, 9))
    expect(at(snoozeUntil('next_week', new Date(2026, 5, 8, 8)))).toEqual(new Date(2026, 5, 15, 9))
    expect(at(snoozeUntil('next_week', new Date(2026, 5, 7, 8)))).toEqual(new Date(2026, 5, 8, 9))
  })
})
