// Contacts by id, as lists, pages and threads came to know them.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Contact, Id } from '@/api/models'

import { followContact } from './carried'
import { useSession } from './session'

export const useContacts = defineStore('contacts', () => {
  const session = useSession()
  const byId = shallowReactive(new Map<Id, Contact>())

  function upsert(contact: Contact): void {
    byId.set(contact.id, { ...byId.get(contact.id), ...contact })
  }

  /** A live change also shows in the conversations and messages that carry this contact. */
  function apply(contact: Contact): void {
    upsert(contact)
    followContact(contact)
  }

  async function load(id: Id): Promise<Contact> {
    const { payload } = await api.get<{ payload: Contact }>(`${session.base}/contacts/${id}`)
    upsert(payload)
    return payload
  }

  async function save(id: Id, fields: Record<string, unknown>): Promise<Contact> {
    const { payload } = await api.patch<{ payload: Contact }>(`${session.base}/contacts/${id}`, fields)
    apply(payload)
    return payload
  }

  return { byId, upsert, apply, load, save }
})
