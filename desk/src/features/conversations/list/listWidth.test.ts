import { afterEach, describe, expect, it } from 'vitest'

import { clampWidth, keepWidth, keptWidth } from './listWidth'

describe('the width of the list (Z-21)', () => {
  afterEach(() => localStorage.clear())

  it('stays between what fits and what helps', () => {
    expect([100, 300.4, 900].map(clampWidth)).toEqual([280, 300, 440])
  })

  it('is kept in this browser until it is given up', () => {
    expect(keptWidth()).toBeUndefined()
    keepWidth(300)
    expect(keptWidth()).toBe(300)
    keepWidth(undefined)
    expect(keptWidth()).toBeUndefined()
    localStorage.setItem('list-width', 'ancho')
    expect(keptWidth()).toBeUndefined()
    localStorage.setItem('list-width', '9000')
    expect(keptWidth()).toBe(440)
  })
})
