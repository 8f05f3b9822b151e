import { describe, expect, it } from 'vitest'

import { chipOf, completing, cut, faceOf, together, withoutLast, type Operator } from './words'

const OPERATORS: Operator[] = [
  { key: 'from', name: 'de', names: ['de', 'from'], hint: '' },
  { key: 'after', name: 'después', names: ['después', 'after'], hint: '' },
]

describe('what is typed into the search (Z-18)', () => {
  it('becomes chips when the word ends', () => {
    expect(cut('reembolso de:camila', OPERATORS, true)).toEqual({ chips: [], text: 'reembolso de:camila' })
    expect(cut('reembolso de:camila ', OPERATORS, true)).toEqual({ chips: ['de:camila'], text: 'reembolso ' })
    expect(cut('de:"Camila V" reem', OPERATORS, true)).toEqual({ chips: ['de:"Camila V"'], text: 'reem' })
    expect(cut('de:"Camila ', OPERATORS, true)).toEqual({ chips: [], text: 'de:"Camila ' })
    expect(cut('sin:cupón -no "tal cual" http://x a', OPERATORS)).toEqual({
      chips: ['sin:cupón', '-no'],
      text: '"tal cual" http://x a',
    })
    expect(cut('FROM:ana despues:jun', OPERATORS)).toEqual({ chips: ['FROM:ana', 'despues:jun'], text: '' })
  })

  it('comes together again', () => {
    for (const typed of ['de:camila reembolso', 'sin:x "a b" c', '', 'de:"a b"'])
      expect(together(cut(typed, OPERATORS))).toBe(typed)
  })

  it('shows and makes chips', () => {
    expect(faceOf('de:"Camila V"')).toEqual({ name: 'de:', value: 'Camila V' })
    expect(faceOf('-cupón')).toEqual({ name: '-', value: 'cupón' })
    expect(chipOf(OPERATORS[0]!, 'Camila V')).toBe('de:"Camila V"')
    expect(chipOf(OPERATORS[0]!, 'ana')).toBe('de:ana')
  })

  it('knows what is to be completed', () => {
    expect(completing('hola de:ca', OPERATORS)).toMatchObject({ operator: OPERATORS[0], value: 'ca', minus: '' })
    expect(completing('-de:', OPERATORS)).toMatchObject({ operator: OPERATORS[0], value: '', minus: '-' })
    expect(completing('hola des', OPERATORS)).toEqual({ minus: '', value: 'des' })
    expect(completing('hola ', OPERATORS)).toBeUndefined()
    expect(withoutLast('hola de:"ca b')).toBe('hola ')
  })
})
