import { describe, expect, it } from 'vitest'

import { gapsIn, gapText, nextGap } from './gaps'

describe('Z-14 blanks that are filled in before a text is sent', () => {
  const text = 'Llega el [[día de llegada]] a [[dirección]].'
  it('are found where they stand, and not in code or behind a backslash', () => {
    expect(gapsIn(text).map((one) => text.slice(one.start, one.end))).toEqual(['[[día de llegada]]', '[[dirección]]'])
    expect(gapsIn('`[[x]]` y \\[[x]] y [x](y)')).toEqual([])
  })
  it('the next one follows the caret, and the first follows the last', () => {
    const [first, second] = gapsIn(text)
    expect(nextGap(gapsIn(text), { start: 0, end: 0 })).toEqual(first)
    expect(nextGap(gapsIn(text), first!)).toEqual(second)
    expect(nextGap(gapsIn(text), second!)).toEqual(first)
    expect(nextGap(gapsIn(text), second!, true)).toEqual(first)
  })
  it('a name cannot break out of its blank', () => expect(gapText('a]] [[b')).toBe('[[a b]]'))
})
