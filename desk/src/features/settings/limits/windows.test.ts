import { describe, expect, it } from 'vitest'

import type { Limit } from '@/api/models'

import { unitOf, windowOf } from './windows'

const t = (key: string, _named: Record<string, unknown>, count: number) => `${key} ${count}`

describe('Z-29 how a limit is said', () => {
  it('says its window in the largest unit that fits', () => {
    expect(windowOf(60, t)).toBe('limits.windows.minute 1')
    expect(windowOf(900, t)).toBe('limits.windows.minute 15')
    expect(windowOf(7200, t)).toBe('limits.windows.hour 2')
    expect(windowOf(86_400, t)).toBe('limits.windows.day 1')
    expect(windowOf(90, t)).toBe('limits.windows.second 90')
  })

  it('says the unit of what is no rate', () => {
    expect(unitOf({ unit: 'mb', window_seconds: 0 } as Limit, t)).toBe('limits.units.mb 1')
  })
})
