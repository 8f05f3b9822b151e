import { describe, expect, it } from 'vitest'

import { aConversation } from '@/testing/samples'

import { filledIn, type Around } from './variables'

const around = (name = 'Carla María Campos'): Around => ({
  conversation: aConversation({
    id: 41,
    custom_attributes: { order: 7, gift: true, address: { city: 'Jaca' }, odd: '{{agent.name}}' } as never,
    meta: { sender: { id: 9, name, email: 'carla@acme.example', custom_attributes: { plan: 'pro' } as never } },
  }),
  agent: { available_name: 'Bruno Bravo' },
  inbox: { id: 3, name: 'Soporte' },
  account: { id: 1, name: 'Acme' },
})

describe('Z-14 the variables of a canned response (contract F.19)', () => {
  it.each([
    ['{{contact.name}}', 'Carla María Campos'],
    ['{{ contact.first_name }} {{contact.last_name}}', 'Carla Campos'],
    ['{{contact.id}} {{contact.email}}', '9 carla@acme.example'],
    ['[{{contact.phone_number}}]', '[]'],
    ['{{agent.name}}, {{agent.first_name}} {{agent.last_name}}', 'Bruno Bravo, Bruno Bravo'],
    ['{{agent.available_name}}', 'Bruno Bravo'],
    ['{{conversation.id}} {{conversation.display_id}} {{conversation.contact_name}}', '41 41 Carla María Campos'],
    ['{{inbox.id}} {{inbox.name}}', '3 Soporte'],
    ['{{account.id}} {{account.name}}', '1 Acme'],
    ['{{contact.custom_attribute.plan}}', 'pro'],
    ['{{conversation.custom_attribute.order}} {{conversation.custom_attribute.gift}}', '7 true'],
    ['{{conversation.custom_attribute.address.city}}', 'Jaca'],
    ['[{{contact.nothing}}{{nobody.name}}{{contact.constructor.name}}]', '[]'],
  ])('%s is %s, several at once too', (text, filled) => {
    expect(filledIn(text, around())).toBe(filled)
    expect(filledIn(`Hola ${text} y ${text}.`, around())).toBe(`Hola ${filled} y ${filled}.`)
  })

  it('knows no first and no last name of a name of one word, like the server', () => {
    expect(filledIn('[{{contact.first_name}}{{contact.last_name}}] {{contact.name}}', around('Carla'))).toBe('[] Carla')
  })

  it.each([
    '`{{contact.name}}` y ```{{agent.name}}```',
    '{{ contact.name | upcase }}',
    '{% if contact.name %}{{contact.name}}{% endif %}',
    '{{conversation.custom_attribute.address}}',
    '{{conversation.custom_attribute.odd}}',
    '{{contact.name.size}} {{contact.custom_attribute.0}}',
  ])('leaves to the server what only the server can read: %s', (text) => {
    expect(filledIn(text, around())).toBe(text)
  })
})
