import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'

import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { aContact, aConversation } from '@/testing/samples'

import { loadedHits } from './found'

beforeEach(() => {
  setActivePinia(createPinia())
  useConversations().byId.set(7, aConversation({ id: 7, meta: { sender: { id: 4, name: 'Íñigo Muñoz' } } }))
  useContacts().byId.set(4, aContact({ id: 4, name: 'Íñigo Muñoz', email: 'inigo@acme.example' }))
})

it('Z-21: what is loaded is found at once, without regard to accents and case', () => {
  expect(loadedHits('inigo mu').conversations.map((one) => one.id)).toEqual([7])
  expect(loadedHits('MUÑOZ').contacts.map((one) => one.id)).toEqual([4])
  expect(loadedHits('@acme').contacts.map((one) => one.id)).toEqual([4])
  expect(loadedHits('x')).toEqual({ conversations: [], contacts: [], messages: [] })
})
