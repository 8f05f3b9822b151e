// What is being written, kept per conversation and kind, on the server and on other machines of the same person.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import type { Id } from '@/api/models'
import { useDrafts, type Mode } from '@/stores/drafts'

import { shownText, wireText } from './mentions'

export interface Draft {
  mode: Ref<Mode>
  text: Ref<string>
  isNote: ComputedRef<boolean>
  /** Who is mentioned, by the name that stands in the field. */
  mentioned: Map<string, Id>
  /** The text as it is kept and sent. */
  wire: (shown: string) => string
  /** A text of the server's as it is shown. */
  shown: (text: string) => string
  /** The draft as it was kept, again. */
  reread: () => void
}

/** `changed` hears that another conversation is written in now. */
export function useDraft(
  conversation: () => Id,
  field: Ref<HTMLTextAreaElement | null>,
  changed: (isAnother: boolean) => void,
): Draft {
  const drafts = useDrafts()
  const mode = ref<Mode>('reply')
  const text = ref('')
  const isNote = computed(() => mode.value === 'note')
  const mentioned = new Map<string, Id>()
  const shown = (of: string): string => shownText(of, mentioned)
  const wire = (of: string): string => (isNote.value ? wireText(of, mentioned) : of)
  const kept = (): string => shown(drafts.get(conversation(), mode.value))
  const reread = (): void => void (text.value = kept())

  watch(
    [conversation, mode],
    ([id], before) => {
      const isAnother = before[0] !== id
      if (isAnother) mentioned.clear()
      reread()
      changed(isAnother)
    },
    { immediate: true },
  )
  // A draft from the server or another machine, while nothing is typed here.
  watch(kept, (saved) => {
    if (document.activeElement !== field.value) text.value = saved
  })
  watch(text, (now) => drafts.set(conversation(), mode.value, wire(now)))
  return { mode, text, isNote, mentioned, wire, shown, reread }
}
