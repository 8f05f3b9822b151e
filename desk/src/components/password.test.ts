import { describe, expect, it } from 'vitest'

import { passwordRules, strengthOf } from './password'

const missing = (password: string, shortest?: number) =>
  passwordRules(password, shortest)
    .filter((rule) => !rule.passes)
    .map((rule) => rule.key)

describe('rules of passwords', () => {
  it('names what is missing', () => {
    expect(missing('Secreto-1')).toEqual([])
    expect(missing('secreto')).toEqual(['upper', 'digit', 'special'])
    expect(missing('Ñandú 1')).toEqual(['special'])
  })
  it('takes the length the server asks for', () => {
    expect(missing('Secreto-1', 12)).toEqual(['length'])
  })
})

describe('strength', () => {
  it.each(['', 'Aa1!', 'Abcdef1!', 'Qwerty-123', 'Aaaaaaaaaaaa1!'])('%s is soon guessed', (password) => {
    expect(strengthOf(password)).toBe('weak')
  })
  it('grows with what cannot be foreseen', () => {
    expect(strengthOf('Marejada-7 fría')).toBe('fair')
    expect(strengthOf('Marejada-7 fría sobre el puente')).toBe('strong')
  })
})
