// One contact's page: the contact, conversations and notes. What may be done with them stands in contactActs.
import { computed, ref, watch, type Ref } from 'vue'

import { ApiError } from '@/api/client'
import type { Contact, ContactNote, Conversation, Id } from '@/api/models'
import { leaving } from '@/components/people/contactActs'
import { useCards } from '@/stores/cards'
import { useClaims } from '@/stores/claims'
import { useContacts } from '@/stores/contacts'

export function useContact(id: Ref<Id>) {
  const contacts = useContacts()
  const cards = useCards()
  const claims = useClaims()
  const contact = computed(() => contacts.byId.get(id.value))
  const card = computed(() => cards.known.get(id.value))
  /** As it was last read: a form begins from this, and a change heard meanwhile does not overwrite what is typed. */
  const read = ref<Contact>()
  const missing = ref(false)
  const failed = ref(false)
  /** Conversations and notes come by themselves: when they fail, the rest stands. */
  const besides = ref<'loading' | 'failed' | 'there'>('loading')
  const conversations = ref<Conversation[]>([])
  const written = ref<ContactNote[]>([])
  const notes = computed(() => written.value.filter((one) => !leaving.notes.has(one.id)))

  const reread = async () => void (read.value = await contacts.load(id.value))
  async function load(): Promise<void> {
    missing.value = failed.value = false
    try {
      await reread()
      besides.value = 'loading'
      await loadBesides()
    } catch (error) {
      missing.value = error instanceof ApiError && error.status === 404
      failed.value = !missing.value
    }
  }
  async function loadBesides(): Promise<void> {
    const asked = id.value
    try {
      const [talked, noted] = await Promise.all([contacts.conversations(asked), contacts.notes(asked)])
      if (asked !== id.value) return
      conversations.value = talked
      written.value = noted
      besides.value = 'there'
    } catch {
      if (asked === id.value) besides.value = 'failed'
    }
  }
  watch(id, load, { immediate: true })
  watch(id, (one) => void claims.load(one), { immediate: true })
  watch(id, (one) => void cards.load(one), { immediate: true })
  // The card is asked for again whenever something happened: a note written or undone, a merge, here or elsewhere.
  const hanging = computed(() => card.value && JSON.stringify([card.value.id, card.value.notes, card.value.merges]))
  watch(hanging, (now, before) => {
    if (now && before && besides.value === 'there') void loadBesides()
  })

  return { contact, card, read, missing, failed, besides, conversations, notes, load, loadBesides, reread }
}
