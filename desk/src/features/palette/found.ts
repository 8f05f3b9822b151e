// What the palette finds: conversations opened a moment ago, and people, conversations and messages by words.
import { watchDebounced } from '@vueuse/core'
import { computed, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { Conversation } from '@/api/models'
import { useContacts } from '@/stores/contacts'
import { useConversations } from '@/stores/conversations'
import { find, type Found } from '@/stores/finding'
import { linkTo } from '@/stores/messageLinks'
import { recentIds } from '@/stores/recent'
import { useSession } from '@/stores/session'
import { fold, plainLine } from '@/ui/text'

import type { Entry, Place } from './acts'
import { aroundHit, readQuery } from './query'

const NOTHING: Found = { conversations: [], contacts: [], messages: [] }
const TYPING_MS = 200
const RECENT = 3

export function usePlaceOf() {
  const session = useSession()
  return (name: string, params: Record<string, string | number> = {}): Place => ({
    name,
    params: { accountId: session.accountId, ...params },
  })
}

export function useRecent(current: Ref<Conversation | undefined>) {
  const { t } = useI18n()
  const conversations = useConversations()
  const to = usePlaceOf()
  return computed<Entry[]>(() =>
    recentIds.value
      .flatMap((id) => (id === current.value?.id ? [] : (conversations.byId.get(id) ?? [])))
      .slice(0, RECENT)
      .map((one) => ({
        key: `r${one.id}`,
        group: t('palette.recent'),
        label: one.meta.sender.name || `#${one.id}`,
        second: plainLine(one.last_non_activity_message?.content ?? '') || `#${one.id}`,
        at: one.last_activity_at,
        avatar: { name: one.meta.sender.name || '?', picture: one.meta.sender.thumbnail },
        to: to('conversations', { displayId: one.id }),
      })),
  )
}

const MOST_LOADED = 3
/** What is here already and fits: it stands at once, while the server is still asked. */
export function loadedHits(text: string): Found {
  const wanted = fold(text)
  const fits = (name: string | null | undefined) => wanted.length > 1 && !!name && fold(name).includes(wanted)
  const conversations = [...useConversations().byId.values()].filter(({ meta }) => fits(meta.sender.name))
  const contacts = [...useContacts().byId.values()].filter((one) => fits(one.name) || fits(one.email))
  return {
    messages: [],
    contacts: contacts.slice(0, MOST_LOADED).map(({ id, name, email, phone_number }) => ({
      ...{ id, name, email: email ?? null, phone_number: phone_number ?? null },
    })),
    conversations: conversations.slice(0, MOST_LOADED).map((one) => ({
      id: one.id,
      contact: { name: one.meta.sender.name ?? '' },
      message: { content: one.last_non_activity_message?.content ?? '', created_at: one.last_activity_at },
    })),
  }
}

/** `silent` while an act asks which one: then nothing is looked up. */
export function useFound(query: Ref<string>, silent: () => boolean) {
  const { t } = useI18n()
  const to = usePlaceOf()
  const asked = computed(() => readQuery(query.value))
  const found = ref<Found>(NOTHING)
  const searching = ref(false)
  /** One sign finds too much, but for a conversation's number. */
  const words = computed(() => {
    const { kind, text } = asked.value
    const isEnough = text.length >= (kind === 'all' ? 2 : 1) || /\d/.test(text)
    return isEnough && kind !== 'acts' && !silent() ? text : ''
  })
  watch(words, (text) => {
    searching.value = text !== ''
    found.value = text ? loadedHits(text) : NOTHING
  })
  watchDebounced(
    words,
    async (text) => {
      if (!text) return
      // Where nothing comes, what is here already can still be chosen.
      const came = await find(text).catch(() => undefined)
      if (text !== words.value) return
      if (came) found.value = came
      searching.value = false
    },
    { debounce: TYPING_MS },
  )

  const people = computed<Entry[]>(() =>
    found.value.contacts.map((one) => ({
      key: `p${one.id}`,
      group: t('palette.people'),
      label: one.name || one.email || one.phone_number || `#${one.id}`,
      second: [one.email, one.phone_number].filter(Boolean).join(' · '),
      avatar: { name: one.name || '?' },
      to: to('contact', { contactId: one.id }),
    })),
  )
  const threads = computed<Entry[]>(() =>
    found.value.conversations.map((one) => ({
      key: `c${one.id}`,
      group: t('palette.conversations'),
      label: one.contact?.name || `#${one.id}`,
      second: [`#${one.id}`, plainLine(one.message?.content ?? '')].filter(Boolean).join(' · '),
      at: one.message?.created_at,
      avatar: { name: one.contact?.name || '?' },
      to: to('conversations', { displayId: one.id }),
    })),
  )
  const messages = computed<Entry[]>(() =>
    found.value.messages.map((one) => ({
      key: `m${one.id}`,
      group: t('palette.messages'),
      label: one.folded_excerpt ?? aroundHit(plainLine(one.content), asked.value.text),
      second: [`#${one.conversation_id}`, one.sender?.name, one.folded_excerpt && t('palette.folded')]
        .filter(Boolean)
        .join(' · '),
      at: one.created_at,
      avatar: { name: one.sender?.name || '?' },
      to: {
        ...to('conversations', { displayId: one.conversation_id }),
        hash: linkTo(one.id, one.folded_excerpt !== undefined),
      },
    })),
  )

  return { asked, searching, people, threads, messages }
}
