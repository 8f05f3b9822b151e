import { describe, expect, it } from 'vitest'

import type { Agent, CannedResponse } from '@/api/models'

import { cannedSuggestions, emojiSuggestions, mentionSuggestions } from './suggestions'

const canned = (id: number, short_code: string, content: string): CannedResponse => ({
  id,
  short_code,
  content,
  title: '',
  language: '',
  variants: {},
  folder: '',
  visibility: 'account',
  team_id: null,
  uses: 0,
  used_at: null,
  files: [],
})
const agent = (id: number, available_name: string): Agent =>
  ({ id, available_name, email: `${id}@acme.example` }) as Partial<Agent> as Agent

describe('what is offered at the caret (R-08, N-04)', () => {
  it('puts codes that begin with the words before texts that have them, and shows what will be put in', () => {
    const all = [canned(1, 'plazo', 'El envío tarda dos días'), canned(2, 'envio', 'Hola, {{contact.name}}')]
    const found = cannedSuggestions(all, 'ENVÍO', (content) => content.replace('{{contact.name}}', 'Carla'))
    expect(found.map((one) => [one.label, one.hint])).toEqual([
      ['/envio', 'Hola, Carla'],
      ['/plazo', 'El envío tarda dos días'],
    ])
    expect(found[0]?.piece).toBe('Hola, Carla')
  })
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
