import { describe, expect, it } from 'vitest'

import type { TimelineLine } from '@/stores/timeline'

import { drawn, valueOf } from './timeline'

const line = (id: number, is_automatic = false) => ({ id, is_automatic }) as TimelineLine

describe('the lines of a timeline', () => {
  it('fold from three automatic changes in a row', () => {
    const lines = [line(9), line(8, true), line(7, true), line(6, true), line(5), line(4, true)]
    expect(drawn(lines, new Set()).map((one) => one.key)).toEqual(['9', 'f8', '5', '4'])
    expect(drawn(lines, new Set([8])).map((one) => one.key)).toEqual(['9', '8', '7', '6', '5', '4'])
  })
  it('say values in words', () => {
    expect(valueOf(null, 'nada')).toBe('nada')
    expect(valueOf({ plan: 'pro', city: '' }, 'nada')).toBe('plan: pro, city: nada')
    expect(valueOf(['vip', 'envío'], 'nada')).toBe('vip, envío')
  })
})
