// Contacts by id, as lists, pages and threads came to know them, and every question and order about them.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Condition, Contact, ContactNote, Conversation, Id, ListedContact } from '@/api/models'

import { followContact } from './carried'
import { useSession } from './session'

export interface ContactPage {
  meta: { count: number; current_page: number | string }
  payload: ListedContact[]
}
/** What a list of contacts is asked by: conditions, words and a label together; everybody who is known without. */
export interface ContactQuestion {
  page: number
  sort?: string
  words?: string
  label?: string
  conditions?: Condition[]
}
/** An inbox by which a contact can be written to. */
export interface Reachable {
  inbox: { id: Id; name: string; channel_type: string }
  source_id: string
}
interface Payload<T> {
  payload: T
}

export const useContacts = defineStore('contacts', () => {
  const session = useSession()
  const byId = shallowReactive(new Map<Id, Contact>())
  const all = () => `${session.base}/contacts`
  const at = (id: Id, tail = '') => `${all()}/${id}${tail}`

  function upsert(contact: Contact): void {
    byId.set(contact.id, { ...byId.get(contact.id), ...contact })
  }

  /** A live change also shows in the conversations and messages that carry this contact. */
  function apply(contact: Contact): void {
    upsert(contact)
    followContact(contact)
  }

  async function load(id: Id): Promise<Contact> {
    const { payload } = await api.get<Payload<Contact>>(at(id))
    upsert(payload)
    return payload
  }

  async function save(id: Id, fields: Record<string, unknown>): Promise<Contact> {
    const { payload } = await api.patch<Payload<Contact>>(at(id), fields)
    apply(payload)
    return payload
  }

  /** Values of attributes that stand no more. */
  async function forget(id: Id, keys: string[]): Promise<void> {
    await api.post(at(id, '/destroy_custom_attributes'), { custom_attributes: keys })
  }

  async function create(fields: Record<string, unknown>): Promise<Contact> {
    return (await api.post<Payload<{ contact: Contact }>>(all(), fields)).payload.contact
  }

  async function remove(id: Id): Promise<void> {
    await api.delete(at(id))
    byId.delete(id)
  }

  async function list({ page, sort, words = '', label, conditions = [] }: ContactQuestion): Promise<ContactPage> {
    const narrowed = { page, sort, labels: label ? [label] : undefined }
    const found = conditions.length
      ? await api.post<ContactPage>(`${all()}/filter`, { payload: conditions }, { ...narrowed, q: words })
      : words
        ? await api.get<ContactPage>(`${all()}/search`, { ...narrowed, q: words })
        : await api.get<ContactPage>(all(), narrowed)
    for (const contact of found.payload) upsert(contact)
    return found
  }

  /** How many the conditions find, among those whom words and a label leave. */
  const count = async (conditions: Condition[], among: Pick<ContactQuestion, 'words' | 'label'> = {}) =>
    (await list({ ...among, page: 1, conditions })).meta.count

  const setLabels = async (id: Id, titles: string[]) =>
    (await api.post<Payload<string[]>>(at(id, '/labels'), { labels: titles })).payload

  const conversations = async (id: Id) => (await api.get<Payload<Conversation[]>>(at(id, '/conversations'))).payload

  const reachable = async (id: Id) => (await api.get<Payload<Reachable[]>>(at(id, '/contactable_inboxes'))).payload

  const notes = (id: Id) => api.get<ContactNote[]>(at(id, '/notes'))
  const addNote = (id: Id, content: string) => api.post<ContactNote>(at(id, '/notes'), { note: { content } })
  const removeNote = (id: Id, note: Id) => api.delete(at(id, `/notes/${note}`))

  /** The other's conversations, notes and identities go to the one that stays. */
  const merge = (stays: Id, goes: Id) =>
    api.post(`${session.base}/actions/contact_merge`, { base_contact_id: stays, mergee_contact_id: goes })

  return {
    byId,
    upsert,
    apply,
    load,
    save,
    create,
    remove,
    list,
    count,
    forget,
    setLabels,
    conversations,
    reachable,
    notes,
    addNote,
    removeNote,
    merge,
  }
})
