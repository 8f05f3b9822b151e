import { describe, expect, it } from 'vitest'

import type { TimelineLine } from '@/stores/timeline'

import { drawn, valueOf, wordOf } from './timeline'

const line = (id: number, is_automatic = false) => ({ id, is_automatic }) as TimelineLine

describe('the lines of a timeline', () => {
  it('fold from three automatic changes in a row', () => {
    const lines = [line(9), line(8, true), line(7, true), line(6, true), line(5), line(4, true)]
    expect(drawn(lines, new Set()).map((one) => one.key)).toEqual(['9', 'f8', '5', '4'])
    expect(drawn(lines, new Set([8])).map((one) => one.key)).toEqual(['9', '8', '7', '6', '5', '4'])
  })
  it("say to whom a conversation went, or that it is no one's now (Z-23)", () => {
    expect(wordOf({ name: 'assigned', data: { to: 'Bruno' } })).toBe('assigned')
    expect(wordOf({ name: 'assigned', data: { to: '' } })).toBe('unassigned')
    expect(wordOf({ name: 'team', data: { to: '' } })).toBe('no_team')
    expect(wordOf({ name: 'messages', data: { in: 0, out: 2 } })).toBe('written')
  })
  it('say values in words', () => {
    expect(valueOf(null, 'nada')).toBe('nada')
    expect(valueOf({ plan: 'pro', city: '' }, 'nada')).toBe('plan: pro, city: nada')
    expect(valueOf(['vip', 'envío'], 'nada')).toBe('vip, envío')
  })
})

describe('the days of a timeline (Z-23)', () => {
  it('stand above their lines, and end a run of automatic changes', () => {
    const at = (id: number, day: string, is_automatic = false) =>
      ({ id, at: Date.parse(day) / 1000, is_automatic }) as TimelineLine
    const lines = [at(4, '2026-08-25', true), at(3, '2026-08-25', true), at(2, '2026-08-24', true), at(1, '2026-08-24')]
    const keys = drawn(lines, new Set(), (one) => String(one.at)).map((one) => one.key.slice(0, 1))
    expect(keys).toEqual(['d', '4', '3', 'd', '2', '1'])
  })
})
