import { describe, expect, it } from 'vitest'

import type { Schema, Step } from '@/api/forms'
import { blocksOf, choiceOf, filledWith, listed, mayFill, plannedSteps, sentOf, withResults } from './schema'

const side = (name: string) => ({ type: 'string', group: name, when: `${name}_enabled` })
const schema: Schema = {
  groups: { imap: { title: 'Read', columns: 2 } },
  presets: {
    title: 'Provider',
    other: 'Other',
    after: 'email',
    blank: { imap_login: 'email' },
    choices: [
      { key: 'ovh', title: 'OVH', values: { imap_enabled: true, imap_address: 'ssl0.ovh.net', imap_login: '' } },
    ],
  },
  test: {
    title: 'Test',
    tools: [],
    steps: ['smtp_connect', 'smtp_sign_in', 'smtp_send', 'imap_connect', 'imap_sign_in', 'imap_find'].map((name) => ({
      name,
      title: name,
      when: name === 'imap_find' ? ['smtp_enabled', 'imap_enabled'] : [`${name.slice(0, 4)}_enabled`],
    })),
  },
  properties: {
    email: { type: 'string', format: 'email' },
    forward_to_email: { type: 'string', readOnly: true },
    imap_enabled: { type: 'boolean' },
    imap_address: side('imap'),
    imap_login: side('imap'),
    imap_password: { ...side('imap'), secret: true },
    colour: { type: 'string', half: true },
    time: { type: 'string', half: true },
    language: { type: 'string', half: true, on: 'kept' },
    name: { type: 'string' },
  },
}
const ok = (name: string): Step => ({ name, state: 'ok', reason: '' })
const shown = (state: 'new' | 'kept' | 'made', values: Record<string, unknown>) =>
  blocksOf(schema, state, values).map((block) => block.fields.map(([name]) => name))

describe('a form that the server describes', () => {
  it('shows a switch alone and what depends on it as one group', () => {
    expect(shown('new', {})).toEqual([['email'], ['imap_enabled'], ['colour', 'time'], ['name']])
    expect(shown('new', { imap_enabled: true })[2]).toEqual(['imap_address', 'imap_login', 'imap_password'])
    expect(blocksOf(schema, 'new', { imap_enabled: true })[2]).toMatchObject({ title: 'Read', columns: 2 })
  })

  it('puts two halves in a line, and keeps for an inbox that is there what only that one has', () => {
    expect(shown('kept', { forward_to_email: 'x@in.example' })).toEqual([
      ['email'],
      ['forward_to_email'],
      ['imap_enabled'],
      ['colour', 'time'],
      ['language'],
      ['name'],
    ])
  })

  it('I-03 is sent without passwords that nobody typed, and without what it only shows', () => {
    const sent = sentOf(schema, 'new', {
      email: 'a@b.example',
      imap_password: '',
      forward_to_email: 'x',
      language: 'es',
    })
    expect(sent).toEqual({ email: 'a@b.example' })
    expect(sentOf(schema, 'new', { imap_password: 'x' })).toEqual({ imap_password: 'x' })
  })

  it('reads a list between commas', () => expect(listed('INBOX, , Ventas')).toEqual(['INBOX', 'Ventas']))
})

describe('I-03 the servers of a mailbox', () => {
  const found = schema.presets?.choices[0]?.values ?? {}

  it('are filled with what was found, and a login that nobody says is the address', () => {
    expect(filledWith(found, schema, { email: 'ventas@tienda.example' })).toEqual({
      imap_enabled: true,
      imap_address: 'ssl0.ovh.net',
      imap_login: 'ventas@tienda.example',
    })
    expect(choiceOf(schema, { imap_address: 'ssl0.ovh.net' })).toBe('ovh')
    expect(choiceOf(schema, { imap_address: '' })).toBe('')
  })

  it('are left alone once a person typed one of them', () => {
    expect(mayFill(found, schema, new Set())).toBe(true)
    expect(mayFill(found, schema, new Set(['imap_login', 'imap_enabled', 'email']))).toBe(true)
    expect(mayFill(found, schema, new Set(['imap_address']))).toBe(false)
  })
})

describe('I-04 the steps of a test', () => {
  const both = { imap_enabled: true, smtp_enabled: true }
  const plan = schema.test ?? { title: '', tools: [], steps: [] }

  it('are those that the form asks for', () => {
    expect(plannedSteps(plan, both).map((step) => step.name)).toEqual([
      'smtp_connect',
      'smtp_sign_in',
      'smtp_send',
      'imap_connect',
      'imap_sign_in',
      'imap_find',
    ])
    expect(plannedSteps(plan, { ...both, smtp_enabled: false }).map((step) => step.name)).toEqual([
      'imap_connect',
      'imap_sign_in',
    ])
  })

  it('show where the test is now and where it stopped', () => {
    const planned = plannedSteps(plan, both)
    expect(withResults(planned, [ok('smtp_connect')], true).map((step) => step.state)).toEqual([
      'ok',
      'running',
      'pending',
      'pending',
      'pending',
      'pending',
    ])
    const failed: Step = { name: 'smtp_sign_in', state: 'failed', reason: 'no' }
    expect(withResults(planned, [ok('smtp_connect'), failed], false).map((step) => step.state)).toEqual([
      'ok',
      'failed',
      'pending',
      'pending',
      'pending',
      'pending',
    ])
    const waiting: Step = { name: 'imap_find', state: 'waiting', reason: '' }
    expect(withResults(planned, [waiting], false).at(-1)?.state).toBe('waiting')
  })
})
