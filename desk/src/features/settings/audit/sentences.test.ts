import { describe, expect, it } from 'vitest'

import { differencesOf, nameOf, placeOf, sentenceOf, type AuditLine } from './sentences'

const line = (given: Partial<AuditLine>): AuditLine => ({
  id: 1,
  at: 0,
  event: 'inbox.updated',
  subject: 'inboxes.Inbox',
  subject_id: 7,
  subject_name: 'Soporte',
  actor_kind: 'user',
  actor_id: 3,
  actor: 'Adela',
  changes: {},
  added: [],
  removed: [],
  details: {},
  address: '',
  device: '',
  way: '',
  ...given,
})
const t = (key: string, values?: Record<string, unknown>) => [key, ...Object.values(values ?? {})].join('|')
const knows = (key: string) => ['audit.did.inbox_updated', 'audit.way_token'].includes(key)

describe('the sentences of the audit log (Z-16)', () => {
  it('say who did what to what', () => {
    expect(sentenceOf(line({}), t, knows)).toBe('audit.did.inbox_updated|Adela|Soporte|inbox.updated')
  })
  it('say an act that this desk does not know yet by its own name', () => {
    expect(sentenceOf(line({ event: 'comet.seen' }), t, knows)).toContain('audit.did.other')
  })
  it('name nobody who was erased', () => {
    expect(nameOf(line({ subject: 'accounts.User', subject_name: '' }), t)).toBe('audit.gone')
    expect(sentenceOf(line({ actor: '' }), t, knows)).toContain('audit.gone')
    expect(nameOf(line({ subject_name: '' }), t)).toBe('#7')
  })
  it('say from where as far as it is kept', () => {
    expect(placeOf(line({}), t, knows)).toBe('')
    expect(placeOf(line({ address: '203.0.113.7', device: 'Firefox, Windows', way: 'token' }), t, knows)).toBe(
      '203.0.113.7 · Firefox, Windows · audit.way_token',
    )
  })
  it('show before and after, and what else the fact carries', () => {
    expect(
      differencesOf(line({ changes: { name: ['', 'B'], open: [false, true] }, details: { role: 'agent' } }), 'nada'),
    ).toEqual([
      { field: 'name', before: 'nada', after: 'B' },
      { field: 'open', before: 'false', after: 'true' },
      { field: 'role', before: '', after: 'agent' },
    ])
  })
})
