import { describe, expect, it } from 'vitest'

import { answerOf, changed, QUESTIONS, questionAbout, withAnswer } from './questions'

const role = { sight: 'team', capabilities: ['contacts.read', 'conversations.write'] }
const question = (key: string) => QUESTIONS.find((one) => one.key === key)!

describe('the table of roles', () => {
  it('Z-17 V-USR-02 says the widest answer of which the role has everything', () => {
    expect(answerOf(question('sight'), role)).toBe('team')
    expect(answerOf(question('contacts'), role)).toBe('see')
    expect(answerOf(question('contacts'), { ...role, capabilities: [] })).toBe('met')
    expect(answerOf(question('sight'), { ...role, everything: true })).toBe('everything')
  })

  it('changes one answer and leaves the others', () => {
    const now = withAnswer(role, question('contacts'), 'change')
    expect(now.capabilities).toEqual(['contacts.read', 'contacts.write', 'conversations.write'])
    expect(withAnswer(now, question('contacts'), 'met').capabilities).toEqual(['conversations.write'])
    expect(changed(role, now).map((one) => one.key)).toEqual(['contacts'])
    expect(changed(role, withAnswer(role, question('sight'), 'own')).map((one) => one.key)).toEqual(['sight'])
  })

  it('finds the row of a refusal', () => {
    expect(questionAbout('teams.write')).toBe('teams')
    expect(questionAbout('conversations.close')).toBe('close')
    expect(questionAbout('sight')).toBe('sight')
  })
})
