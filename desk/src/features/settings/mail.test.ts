import { describe, expect, it } from 'vitest'

import {
  channelOf,
  emptyMailServers,
  fieldsOf,
  imapSecurity,
  plannedSteps,
  smtpSecurity,
  withResults,
  type Step,
} from './mail'

const found = {
  imap: { host: 'imap.tienda.example', port: 143, security: 'starttls' as const, login: '' },
  smtp: { host: 'smtp.tienda.example', port: 465, security: 'tls' as const, login: 'ventas' },
}
const ok = (name: Step['name']): Step => ({ name, state: 'ok', reason: '' })

describe('I-03 the servers of a mailbox', () => {
  it('are filled with what was found', () => {
    const fields = { ...emptyMailServers(), ...fieldsOf(found, 'ventas@tienda.example') }
    expect([fields.imap_address, fields.imap_port, imapSecurity(fields), fields.imap_login]).toEqual([
      'imap.tienda.example',
      143,
      'starttls',
      'ventas@tienda.example',
    ])
    expect([fields.smtp_address, fields.smtp_port, smtpSecurity(fields), fields.smtp_login]).toEqual([
      'smtp.tienda.example',
      465,
      'tls',
      'ventas',
    ])
    expect(fields.imap_enabled).toBe(false)
  })

  it('are sent without passwords that nobody typed', () => {
    const sent = channelOf('a@b.example', { ...emptyMailServers(), imap_password: 'x' })
    expect(sent).toMatchObject({ email: 'a@b.example', imap_password: 'x' })
    expect(sent).not.toHaveProperty('smtp_password')
  })
})

describe('I-04 the steps of a test', () => {
  const both = { ...emptyMailServers(), imap_enabled: true, smtp_enabled: true }

  it('are those that the form asks for', () => {
    expect(plannedSteps(both).map((step) => step.name)).toEqual([
      'smtp_connect',
      'smtp_sign_in',
      'smtp_send',
      'imap_connect',
      'imap_sign_in',
      'imap_find',
    ])
    expect(plannedSteps({ ...both, smtp_enabled: false }).map((step) => step.name)).toEqual([
      'imap_connect',
      'imap_sign_in',
    ])
  })

  it('show where the test is now and where it stopped', () => {
    const plan = plannedSteps(both)
    expect(withResults(plan, [ok('smtp_connect')], true).map((step) => step.state)).toEqual([
      'ok',
      'running',
      'pending',
      'pending',
      'pending',
      'pending',
    ])
    const failed: Step = { name: 'smtp_sign_in', state: 'failed', reason: 'no' }
    expect(withResults(plan, [ok('smtp_connect'), failed], false).map((step) => step.state)).toEqual([
      'ok',
      'failed',
      'pending',
      'pending',
      'pending',
      'pending',
    ])
    const waiting: Step = { name: 'imap_find', state: 'waiting', reason: '' }
    expect(withResults(plan, [waiting], false).at(-1)?.state).toBe('waiting')
  })
})
