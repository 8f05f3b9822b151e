// What visitors say of themselves and no one vouched for, by contact. Its truth is on the server; an event says "ask again".
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { Claim, Id } from '@/api/models'

import { useSession } from './session'

export interface Claims {
  payload: Claim[]
  /** The company's own server vouched for one of the contact's visitors. */
  is_verified: boolean
}

export const useClaims = defineStore('claims', () => {
  const session = useSession()
  const known = shallowReactive(new Map<Id, Claims>())
  const asked = new Map<Id, number>()

  const path = (id: Id, tail = '') => `${session.desk}/contacts/${id}/claims${tail}`

  /** Someone asks: what they hear counts unless it is asked again meanwhile. */
  function expecting(id: Id): (answer: Claims) => void {
    const turn = (asked.get(id) ?? 0) + 1
    asked.set(id, turn)
    return (answer) => void (asked.get(id) === turn && known.set(id, answer))
  }

  async function load(id: Id): Promise<void> {
    const take = expecting(id)
    try {
      take(await api.get<Claims>(path(id)))
    } catch {
      // What is not known is not shown; the next event or visit asks again.
    }
  }

  /** A visitor said something, or someone decided. */
  function changed(id: Id): void {
    if (asked.has(id)) void load(id)
  }

  /** Believe it; the contact that continues, which is another one after a merge. */
  async function accept(contact: Id, claim: Id): Promise<Id> {
    const { contact_id } = await api.post<{ contact_id: Id }>(path(contact, `/${claim}/accept`), {})
    if (contact_id === contact) await load(contact)
    else known.delete(contact)
    return contact_id
  }

  async function decline(contact: Id, claim: Id): Promise<void> {
    await api.post(path(contact, `/${claim}/decline`), {})
    await load(contact)
  }

  return { known, expecting, load, changed, accept, decline }
})
