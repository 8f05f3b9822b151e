// What is being written, kept per conversation and kind, on the server and on other machines of the same person.
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import type { Id } from '@/api/models'
import { useDrafts, type Mode } from '@/stores/drafts'

import type { WritingField } from './field/writingField'

export interface Draft {
  mode: Ref<Mode>
  /** Markdown, as it is kept and sent. */
  text: Ref<string>
  isNote: ComputedRef<boolean>
  /** The draft as it was kept, again. */
  reread: () => void
}

/** `changed` hears that another conversation is written in now. */
export function useDraft(
  conversation: () => Id,
  field: Readonly<Ref<WritingField | null>>,
  changed: (isAnother: boolean) => void,
): Draft {
  const drafts = useDrafts()
  const mode = ref<Mode>('reply')
  const text = ref('')
  const isNote = computed(() => mode.value === 'note')
  const kept = (): string => drafts.get(conversation(), mode.value)
  const reread = (): void => void (text.value = kept())

  watch(
    [conversation, mode],
    ([id], before) => {
      reread()
      changed(before[0] !== id)
    },
    { immediate: true },
  )
  // A draft from the server, another machine or a colleague who gives it back, while nothing is typed here.
  watch(kept, (saved) => {
    if (!field.value?.hasFocus() || !text.value) text.value = saved
  })
  watch(() => drafts.replaced, reread)
  watch(text, (now) => drafts.set(conversation(), mode.value, now))
  return { mode, text, isNote, reread }
}
