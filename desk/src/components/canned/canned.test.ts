import { describe, expect, it } from 'vitest'

import type { CannedResponse } from '@/api/models'

import { contentIn, findCanned, foldersOf, inFolder } from './find'
import { piecesOf } from './pieces'

const made = (short_code: string, more: Partial<CannedResponse> = {}): CannedResponse => ({
  id: short_code.length,
  short_code,
  title: '',
  content: '',
  language: '',
  variants: {},
  folder: '',
  visibility: 'account',
  team_id: null,
  uses: 0,
  used_at: null,
  files: [],
  ...more,
})

describe('finding canned responses (R-10, Z-14)', () => {
  it('looks at code, title and text in this order, without accents', () => {
    const all = [
      made('z', { content: 'Tu envío' }),
      made('y', { title: 'Envío rápido' }),
      made('reenvio'),
      made('envio'),
      made('x', { variants: { pt: 'envio' } }),
      made('no'),
    ]
    expect(findCanned(all, 'ENVÍO').map((one) => one.short_code)).toEqual(['envio', 'reenvio', 'y', 'x', 'z'])
  })
  it('puts what is used most first where nothing else decides', () => {
    expect(findCanned([made('a'), made('b', { uses: 3 })], '').map((one) => one.short_code)).toEqual(['b', 'a'])
  })
  it('has folders by name, and one for what is only mine', () => {
    const all = [made('a', { folder: 'Pagos' }), made('b', { folder: 'Citas', visibility: 'personal' }), made('c')]
    expect(foldersOf(all).map((one) => [one.key, one.count])).toEqual([
      ['all', 3],
      ['in:Citas', 1],
      ['in:Pagos', 1],
      ['mine', 1],
    ])
    expect(inFolder(all, 'in:Pagos').map((one) => one.short_code)).toEqual(['a'])
    expect(inFolder(all, 'mine').map((one) => one.short_code)).toEqual(['b'])
  })
  it('speaks the first language that it is written in', () => {
    const one = made('a', { content: 'Hola', language: 'es', variants: { en: 'Hello', 'pt-br': 'Olá' } })
    expect(contentIn(one, ['de', 'en-US'])).toBe('Hello')
    expect(contentIn(one, ['pt_BR'])).toBe('Olá')
    expect(contentIn(one, [undefined, 'es'])).toBe('Hola')
    expect(contentIn(one, ['fr'])).toBe('Hola')
  })
})

describe('what a canned response is made of (Z-14)', () => {
  it('is text, variables with their values and blanks; code is left alone', () => {
    const values = { contact: { first_name: 'Camila', custom_attribute: { n: 3 } } }
    const text = 'Hola {{ contact.first_name }}: [[día]] {{contact.custom_attribute.n}} {{contact.email}} `{{x}} [[y]]`'
    expect(piecesOf(text, values)).toEqual([
      { kind: 'text', text: 'Hola ' },
      { kind: 'variable', path: 'contact.first_name', value: 'Camila' },
      { kind: 'text', text: ': ' },
      { kind: 'gap', name: 'día' },
      { kind: 'text', text: ' ' },
      { kind: 'variable', path: 'contact.custom_attribute.n', value: '3' },
      { kind: 'text', text: ' ' },
      { kind: 'variable', path: 'contact.email', value: '' },
      { kind: 'text', text: ' `{{x}} [[y]]`' },
    ])
  })
})
