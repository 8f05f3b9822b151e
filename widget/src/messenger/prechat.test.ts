import { expect, test } from 'vitest'
import { fieldsOf, introduction, trouble } from './prechat'
import type { Channel, PreChatField } from './types'

const field = (name: string, more: Partial<PreChatField> = {}): PreChatField => ({ name, enabled: true, ...more })

test('W-04: what is required must be there, and everything must be of its type', () => {
  expect(trouble(field('fullName', { required: true }), '  ')).toBe('required')
  expect(trouble(field('fullName'), '')).toBeNull()
  expect(trouble(field('emailAddress', { type: 'email' }), 'camila@correo')).toBe('badEmail')
  expect(trouble(field('emailAddress', { type: 'email' }), ' camila@correo.cl ')).toBeNull()
  expect(trouble(field('phoneNumber'), '600 000 000')).toBe('badPhone')
  expect(trouble(field('phoneNumber'), '+34 600-000-000')).toBeNull()
  expect(trouble(field('n', { type: 'number' }), 'x')).toBe('badNumber')
  expect(trouble(field('n', { type: 'number' }), '1.5')).toBeNull()
  expect(trouble(field('l', { type: 'link' }), 'example.com')).toBe('badLink')
  expect(trouble(field('d', { type: 'date' }), '2026-13-45')).toBe('badDate')
})

test("W-04: the company's own pattern is asked, with its own sentence", () => {
  const order = field('order', { regex_pattern: '/^\\d{5}$/', regex_cue: 'Cinco cifras.' })
  expect(trouble(order, '12')).toEqual({ cue: 'Cinco cifras.' })
  expect(trouble(order, '12345')).toBeNull()
  expect(trouble(field('x', { regex_pattern: '(' }), 'a')).toBeNull()
})

test('W-04: what is known is not asked again; a made-up name is not a name', () => {
  const pre_chat_fields = [
    field('emailAddress'),
    field('fullName'),
    field('phoneNumber', { enabled: false }),
    field('order'),
  ]
  const channel = { preChatFormOptions: { pre_chat_fields } } as Channel
  const visitor = { has_email: true, has_name: true, has_phone_number: false }
  expect(fieldsOf(channel, visitor, false).map((one) => one.name)).toEqual(['fullName', 'order'])
  expect(fieldsOf(channel, visitor, true).map((one) => one.name)).toEqual(['order'])
})

test('W-13: answers go where they belong', () => {
  const fields = [
    field('emailAddress'),
    field('phoneNumber'),
    field('vip', { type: 'checkbox', field_type: 'contact_attribute' }),
    field('order', { type: 'number', field_type: 'conversation_attribute' }),
  ]
  expect(
    introduction(fields, { emailAddress: ' a@b.cl ', phoneNumber: '+34 600 000 000', vip: 'true', order: '7' }),
  ).toEqual({
    contact: { email: 'a@b.cl', phone_number: '+34600000000' },
    contactAttributes: { vip: true },
    conversationAttributes: { order: 7 },
  })
})
