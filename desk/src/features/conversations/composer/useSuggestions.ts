// The list at the caret: when it opens, what is chosen in it, and what goes into the text.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import type { Agent, Conversation } from '@/api/models'
import { useCollections } from '@/stores/collections'

import type { Trigger } from '../thread/markdown'
import type { WritingField } from './field/writingField'
import { emojiSuggestions, mentionSuggestions, type Suggestion } from './suggestions'

export interface Suggestions {
  trigger: Ref<Trigger | undefined>
  at: Ref<number>
  suggestions: ComputedRef<Suggestion[]>
  suggest: () => void
  close: () => void
  take: (suggestion: Suggestion) => void
  /** Whether the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean
}

export function useSuggestions(
  field: Readonly<Ref<WritingField | null>>,
  about: { conversation: () => Conversation; isNote: () => boolean },
): Suggestions {
  const collections = useCollections()
  const trigger = ref<Trigger>()
  const at = ref(0)
  const mentionable = ref<Agent[]>([])
  watch(
    () => about.conversation().inbox_id,
    async (inbox) => (mentionable.value = await collections.assignableAgents(inbox).catch(() => [])),
    { immediate: true },
  )

  const suggestions = computed<Suggestion[]>(() => {
    if (!trigger.value) return []
    const { sign, query } = trigger.value
    if (sign === '/') return [] // the canned responses have a pane of their own
    if (sign === '@') return about.isNote() ? mentionSuggestions(mentionable.value, query) : []
    return emojiSuggestions(query)
  })

  function suggest(): void {
    trigger.value = field.value?.trigger()
    at.value = 0
  }
  function close(): void {
    trigger.value = undefined
  }
  function take({ piece, label, mentions }: Suggestion): void {
    const typed = field.value?.trigger()
    close()
    if (!typed) return
    const replacing = typed.query.length + 1
    if (!mentions) return field.value?.insert(piece, replacing)
    field.value?.insertChip({ kind: 'mention', name: label, id: mentions }, replacing)
    field.value?.insert(' ')
  }
  function onKey(event: KeyboardEvent): boolean {
    const count = suggestions.value.length
    if (!count) return false
    const chosen = suggestions.value[at.value]
    if (event.key === 'ArrowDown') at.value = (at.value + 1) % count
    else if (event.key === 'ArrowUp') at.value = (at.value + count - 1) % count
    else if (event.key === 'Escape') close()
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) take(chosen)
    else return false
    event.preventDefault()
    return true
  }
  return { trigger, at, suggestions, suggest, close, take, onKey }
}
