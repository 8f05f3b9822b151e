// The cards of contacts: what panel and page show of them beyond the contract. An event says "ask again".
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { ContactCard, ContactNote, Id } from '@/api/models'

import { useSession } from './session'

export const useCards = defineStore('cards', () => {
  const session = useSession()
  const known = shallowReactive(new Map<Id, ContactCard>())
  const path = (id: Id, tail: string) => `${session.desk}/contacts/${id}/${tail}`

  const keep = (card: ContactCard) => void known.set(card.id, card)
  async function load(id: Id): Promise<void> {
    try {
      keep(await api.get<ContactCard>(path(id, 'card')))
    } catch {
      // What is not known is not shown; the next event or visit asks again.
    }
  }
  /** Someone changed the contact. */
  function changed(id: Id): void {
    if (known.has(id)) void load(id)
  }
  /** A note was written here. */
  function noted(id: Id, note: ContactNote): void {
    const card = known.get(id)
    if (card) keep({ ...card, notes: [note, ...card.notes].slice(0, 3) })
  }
  /** Its labels were changed here. */
  function relabel(id: Id, labels: string[]): void {
    const card = known.get(id)
    if (card) keep({ ...card, labels })
  }
  const addAddress = async (id: Id, kind: string, value: string) =>
    keep(await api.post<ContactCard>(path(id, 'addresses'), { kind, value }))
  const removeAddress = async (id: Id, address: Id) =>
    keep(await api.delete<ContactCard>(path(id, `addresses/${address}`)))
  const makePrimary = async (id: Id, address: Id) =>
    keep(await api.post<ContactCard>(path(id, `addresses/${address}/primary`)))
  const undoMerge = async (id: Id, merge: Id) =>
    (await api.post<{ contact_id: Id }>(path(id, `merges/${merge}/undo`))).contact_id

  return { known, keep, load, changed, noted, relabel, addAddress, removeAddress, makePrimary, undoMerge }
})
