// The list at the caret: when it opens, what is chosen in it, and what goes into the text.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import type { Agent, Conversation, Id } from '@/api/models'
import { useCollections } from '@/stores/collections'
import { useSession } from '@/stores/session'

import { insert, triggerAt, type Edit, type Trigger } from '../thread/markdown'
import { cannedSuggestions, emojiSuggestions, mentionSuggestions, type Suggestion } from './suggestions'
import { filledIn } from './variables'

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
  field: Ref<HTMLTextAreaElement | null>,
  text: Ref<string>,
  about: { conversation: () => Conversation; isNote: () => boolean; mentioned: Map<string, Id> },
  edit: (change: (edit: Edit) => Edit) => void,
): Suggestions {
  const session = useSession()
  const collections = useCollections()
  const trigger = ref<Trigger>()
  const at = ref(0)
  const mentionable = ref<Agent[]>([])
  watch(
    () => about.conversation().inbox_id,
    async (inbox) => (mentionable.value = await collections.assignableAgents(inbox).catch(() => [])),
    { immediate: true },
  )

  /** A canned response as it leaves: what is seen while choosing it is what the customer reads. */
  function filled(content: string): string {
    return filledIn(content, {
      conversation: about.conversation(),
      agent: session.user,
      inbox: collections.inboxById.get(about.conversation().inbox_id),
      account: session.account,
    })
  }
  const suggestions = computed<Suggestion[]>(() => {
    if (!trigger.value) return []
    const { sign, query } = trigger.value
    if (sign === '/') return cannedSuggestions(collections.canned, query, filled)
    if (sign === '@') return about.isNote() ? mentionSuggestions(mentionable.value, query) : []
    return emojiSuggestions(query)
  })

  function suggest(): void {
    const area = field.value
    const caret = area && area.selectionStart === area.selectionEnd ? area.selectionStart : undefined
    trigger.value = caret === undefined ? undefined : triggerAt(text.value, caret)
    at.value = 0
  }
  function close(): void {
    trigger.value = undefined
  }
  function take({ piece, label, mentions }: Suggestion): void {
    const from = trigger.value?.from
    const caret = field.value?.selectionStart
    if (from === undefined || caret === undefined) return
    close()
    if (mentions) about.mentioned.set(label, mentions)
    const rest = text.value.slice(0, from) + text.value.slice(caret)
    edit(() => insert({ text: rest, start: from, end: from }, piece))
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
