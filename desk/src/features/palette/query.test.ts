import { describe, expect, it } from 'vitest'

import { aroundHit, marked, readQuery } from './query'

describe('the palette (Z-21)', () => {
  it('is narrowed by a sign at the front', () => {
    expect(readQuery('  camila ')).toEqual({ kind: 'all', text: 'camila' })
    expect(readQuery('>resolver')).toEqual({ kind: 'acts', text: 'resolver' })
    expect(readQuery('@ cam')).toEqual({ kind: 'people', text: 'cam' })
    expect(readQuery('#1495')).toEqual({ kind: 'number', text: '1495' })
    expect(readQuery('a#1 b')).toEqual({ kind: 'all', text: 'a#1 b' })
  })

  it('marks what was looked for, whatever its accents and case', () => {
    const shown = (text: string, wanted: string) =>
      marked(text, wanted)
        .map((part) => (part.hit ? `[${part.text}]` : part.text))
        .join('')
    expect(shown('Cámara y camión', 'camion')).toBe('Cámara y [camión]')
    expect(shown('Íñigo', 'IN')).toBe('[Íñ]igo')
    expect(shown('e\u0301xito', 'exi')).toBe('[e\u0301xi]to')
    expect(shown('👩‍👧 hola', 'hola')).toBe('👩‍👧 [hola]')
    expect(shown('nada', 'otra')).toBe('nada')
    expect(shown('nada', ' ')).toBe('nada')
  })

  it('shows a long message from where the words stand', () => {
    const long = `${'palabra '.repeat(30)}el camión no llegó`
    expect(aroundHit(long, 'camion')).toMatch(/^…palabra .{30,60}camión no llegó$/)
    expect(aroundHit('El camión no llegó', 'camion')).toBe('El camión no llegó')
  })
})
