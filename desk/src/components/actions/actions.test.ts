import { describe, expect, it } from 'vitest'

import type { ActionKind } from '@/api/models'

import { moved, stepOf, wireOf } from './actions'

const kind = (name: string, properties: ActionKind['form']['properties'], ...also: string[]): ActionKind => ({
  name,
  also_called: also,
  title: name,
  can_be_undone: true,
  form: { required: [], properties },
})
const kinds = [
  kind('add_label', { labels: { type: 'array', title: 'Etiquetas', items: { type: 'string' } } }),
  kind('change_status', { status: { type: 'string', title: 'Estado' }, until: { type: 'integer', title: 'Hasta' } }),
  kind('add_private_note', { content: { type: 'string', title: 'Nota' } }, 'send_private_note'),
]

describe('U-06 the actions of a macro, in a form and on the wire', () => {
  it.each([
    [{ action_name: 'add_label', action_params: ['a', 'b'] }],
    [{ action_name: 'change_status', action_params: ['open'] }],
    [{ action_name: 'change_status', action_params: ['snoozed', 12] }],
    [{ action_name: 'add_private_note', action_params: ['Hola'] }],
  ])('%j is the same after both ways', (wire) => expect(wireOf(kinds, stepOf(kinds, wire))).toEqual(wire))
  it('knows the other words that clients have for one', () =>
    expect(stepOf(kinds, { action_name: 'send_private_note', action_params: ['Hola'] }).name).toBe('add_private_note'))
  it('moves one to another place and no further than the ends', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
  })
})
