// What lasts a moment: who is connected, who types, who looks at what.
import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'

import type { Availability, Id } from '@/api/models'

export interface Typist {
  id: Id
  name: string
  type: string
  isPrivate: boolean
  until: number
}
const TYPING_LASTS_MS = 30_000

export const useLive = defineStore('live', () => {
  const users = ref<Record<string, Availability>>({})
  const contacts = ref<Record<string, string>>({})
  const typing = reactive(new Map<Id, Typist[]>())
  const viewing = reactive(new Map<Id, { id: Id; name: string }[]>())

  function setTyping(conversationId: Id, who: Omit<Typist, 'until'>, on: boolean): void {
    const others = (typing.get(conversationId) ?? []).filter((one) => one.id !== who.id || one.type !== who.type)
    typing.set(conversationId, on ? [...others, { ...who, until: Date.now() + TYPING_LASTS_MS }] : others)
    if (on) setTimeout(() => sweep(conversationId), TYPING_LASTS_MS + 100)
  }

  function sweep(conversationId: Id): void {
    const now = Date.now()
    typing.set(
      conversationId,
      (typing.get(conversationId) ?? []).filter((one) => one.until > now),
    )
  }

  return { users, contacts, typing, viewing, setTyping }
})
