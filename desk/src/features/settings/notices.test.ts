import { describe, expect, it } from 'vitest'

import { WAYS, switched } from './notices'

const flags = {
  selected_email_flags: ['email_conversation_assignment', 'email_sla_missed_resolution'],
  selected_push_flags: [],
}

describe('switched', () => {
  it('adds and takes away one flag of one way, once', () => {
    const on = switched(switched(flags, 'email', 'conversation_creation', true), 'email', 'conversation_creation', true)
    expect(on.selected_email_flags).toEqual([
      'email_conversation_assignment',
      'email_sla_missed_resolution',
      'email_conversation_creation',
    ])
    expect(on.selected_push_flags).toEqual([])
    expect(switched(on, 'email', 'conversation_assignment', false).selected_email_flags).toEqual([
      'email_sla_missed_resolution',
      'email_conversation_creation',
    ])
  })
  it('leaves what it was given as it was', () => {
    switched(flags, 'email', 'conversation_creation', true)
    expect(flags.selected_email_flags).toEqual(['email_conversation_assignment', 'email_sla_missed_resolution'])
  })
  it('T-05 offers no way that nothing comes by, and leaves the flags of others alone', () => {
    expect(WAYS).toEqual(['email', 'push'])
    const given = { ...flags, selected_push_flags: ['push_conversation_creation'] }
    expect(switched(given, 'email', 'conversation_creation', true).selected_push_flags).toEqual(
      given.selected_push_flags,
    )
  })
})
