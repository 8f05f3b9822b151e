import { describe, expect, it } from 'vitest'

import { readClock } from './clock'

describe('a time of day (W-13)', () => {
  it('is read however it is typed', () => {
    const typed = ['9', '09', '930', '0930', '9:30', '9.30', '9h30', '18:00 ', '24:00', '0:00', '23h']
    expect(typed.map(readClock)).toEqual([
      '09:00',
      '09:00',
      '09:30',
      '09:30',
      '09:30',
      '09:30',
      '09:30',
      '18:00',
      '23:59',
      '00:00',
      '23:00',
    ])
  })

  it('is not made of what is none', () => {
    expect(['', 'nueve', '25:00', '9:60', '24:01', '9:3', '12345'].map(readClock)).toEqual(Array(7).fill(undefined))
  })
})
