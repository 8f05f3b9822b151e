import { describe, expect, it } from 'vitest'

import { ACT_WIDTH, fires, meantBy, restsAt, sideOf, travel } from './swipe'

describe('Z-21 a finger on a row', () => {
  it('decides nothing before it has moved', () => expect(meantBy(6, 7)).toBeUndefined())
  it('scrolls where it goes up, down or aslant', () => {
    expect(meantBy(3, 14)).toBe('scroll')
    expect(meantBy(-14, 13)).toBe('scroll')
  })
  it('pushes the row where it goes across', () => {
    expect(meantBy(14, 4)).toBe('swipe')
    expect(meantBy(-14, -4)).toBe('swipe')
  })
  it('acts only past half of the row', () => {
    expect(fires(194, 390)).toBe(false)
    expect(fires(-195, 390)).toBe(true)
    expect(fires(0, 0)).toBe(false)
  })
  it('leaves its acts in sight before that, and goes back where it was barely moved', () => {
    expect(Math.abs(restsAt(-30, 2))).toBe(0)
    expect(restsAt(-90, 2)).toBe(-2 * ACT_WIDTH)
    expect(restsAt(60, 1)).toBe(ACT_WIDTH)
  })
  it('moves the row with it, and barely where nothing would happen', () => {
    expect(travel(120, 390, true)).toBe(120)
    expect(travel(-500, 390, true)).toBe(-390)
    expect(travel(90, 390, false)).toBe(15)
    expect(travel(900, 390, false)).toBe(20)
  })
  it('knows the side', () => expect([sideOf(20), sideOf(-20)]).toEqual(['end', 'start']))
})
