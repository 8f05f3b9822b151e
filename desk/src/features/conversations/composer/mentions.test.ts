import { describe, expect, it } from 'vitest'

import { shownText, wireOf, wireText } from './mentions'

const LUCIA = '[@Lucía Ferrer](mention://user/2/Luc%C3%ADa%20Ferrer)'

describe('mentions in the note box (N-04, Z-33)', () => {
  it('are plain names where people read, and users where they are kept', () => {
    const known = new Map<string, number>()
    const shown = shownText(`Mira, ${LUCIA}, y avisa.`, known)
    expect(shown).toBe('Mira, @Lucía Ferrer, y avisa.')
    expect(known).toEqual(new Map([['Lucía Ferrer', 2]]))
    expect(wireText(shown, known)).toBe(`Mira, ${LUCIA}, y avisa.`)
  })

  it('mean the longer of two names that begin alike, and whole words alone', () => {
    const known = new Map([
      ['Ana', 1],
      ['Ana María', 2],
    ])
    expect(wireText('@Ana María y @Ana, no @Anabel ni yo@Ana', known)).toBe(
      `${wireOf('Ana María', 2)} y ${wireOf('Ana', 1)}, no @Anabel ni yo@Ana`,
    )
  })

  it('take names with signs of their own, and leave other links and unknown people alone', () => {
    const known = new Map([['D. (Sol) +', 3]])
    expect(wireText('@D. (Sol) + mira', known)).toBe(`${wireOf('D. (Sol) +', 3)} mira`)
    const text = '[web](https://example.com) @Nadie'
    expect(shownText(text, known)).toBe(text)
    expect(wireText(text, known)).toBe(text)
  })
})
