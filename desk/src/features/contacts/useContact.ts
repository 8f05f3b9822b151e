// One contact's page: the contact, labels, conversations and notes, and what may be done with them.
import { computed, ref, watch, type Ref } from 'vue'

import { ApiError } from '@/api/client'
import type { Contact, ContactNote, Conversation, Id } from '@/api/models'
import { useSaving } from '@/components/useSaving'
import { useClaims } from '@/stores/claims'
import { useCollections } from '@/stores/collections'
import { useContacts } from '@/stores/contacts'

export function useContact(id: Ref<Id>) {
  const contacts = useContacts()
  const collections = useCollections()
  const claims = useClaims()
  const { save } = useSaving()
  const attempt = (act: () => Promise<unknown>) => save(act, '')
  const contact = computed(() => contacts.byId.get(id.value))
  /** As it was last read: a form begins from this, and a change heard meanwhile does not overwrite what is typed. */
  const read = ref<Contact>()
  const missing = ref(false)
  const failed = ref(false)
  /** Conversations, labels and notes come by themselves: when they fail, the rest stands. */
  const besides = ref<'loading' | 'failed' | 'there'>('loading')
  const labels = ref<string[]>([])
  const conversations = ref<Conversation[]>([])
  const notes = ref<ContactNote[]>([])

  const reread = async () => void (read.value = await contacts.load(id.value))
  async function load(): Promise<void> {
    missing.value = failed.value = false
    try {
      await reread()
      await loadBesides()
    } catch (error) {
      missing.value = error instanceof ApiError && error.status === 404
      failed.value = !missing.value
    }
  }
  async function loadBesides(): Promise<void> {
    const asked = id.value
    besides.value = 'loading'
    try {
      const [given, talked, written] = await Promise.all([
        contacts.labels(id.value),
        contacts.conversations(id.value),
        contacts.notes(id.value),
      ])
      if (asked !== id.value) return
      labels.value = given
      conversations.value = talked
      notes.value = written
      besides.value = 'there'
    } catch {
      if (asked === id.value) besides.value = 'failed'
    }
  }
  watch(id, load, { immediate: true })
  watch(id, (one) => void claims.load(one), { immediate: true })

  async function toggleLabel(title: string): Promise<void> {
    const next = labels.value.includes(title)
      ? labels.value.filter((one) => one !== title)
      : [...labels.value, title].sort()
    await attempt(async () => (labels.value = await contacts.setLabels(id.value, next)))
  }
  async function createLabel(title: string): Promise<void> {
    await toggleLabel(title.toLowerCase())
    await collections.refresh('label')
  }
  const addNote = (content: string) =>
    attempt(async () => (notes.value = [await contacts.addNote(id.value, content), ...notes.value]))
  async function removeNote(note: Id): Promise<void> {
    if (await attempt(() => contacts.removeNote(id.value, note)))
      notes.value = notes.value.filter((other) => other.id !== note)
  }
  const block = () => attempt(() => contacts.save(id.value, { blocked: !contact.value?.blocked }))
  const remove = () => attempt(() => contacts.remove(id.value))
  async function merge(other: Id): Promise<boolean> {
    if (!(await attempt(() => contacts.merge(id.value, other)))) return false
    await reread()
    conversations.value = await contacts.conversations(id.value)
    return true
  }

  return {
    contact,
    read,
    missing,
    failed,
    besides,
    labels,
    conversations,
    notes,
    load,
    loadBesides,
    reread,
    toggleLabel,
    createLabel,
    addNote,
    removeNote,
    block,
    remove,
    merge,
  }
}
