import { describe, expect, it } from 'vitest'

import type { Agent } from '@/api/models'

import { emojiSuggestions, mentionSuggestions } from './suggestions'

const agent = (id: number, available_name: string): Agent =>
  ({ id, available_name, email: `${id}@acme.example` }) as Partial<Agent> as Agent

describe('what is offered at the caret (R-08, N-04)', () => {
  it('finds colleagues without their accents and names whom it mentions', () => {
    const [found, ...more] = mentionSuggestions([agent(1, 'Bruno'), agent(2, 'Lucía')], 'luci')
    expect(found).toEqual({ key: 'a2', label: 'Lucía', hint: '2@acme.example', piece: '@Lucía ', mentions: 2 })
    expect(more).toEqual([])
  })
  it('offers eight at most', () => {
    expect(emojiSuggestions('')).toHaveLength(8)
    expect(
      mentionSuggestions(
        Array.from({ length: 20 }, (_none, id) => agent(id, `Ana ${id}`)),
        'ana',
      ),
    ).toHaveLength(8)
    expect(emojiSuggestions('no hay')).toEqual([])
  })
})
