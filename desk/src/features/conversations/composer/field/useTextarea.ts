// The field itself: it grows with its text, and buttons change the text as keys would.
import { useResizeObserver } from '@vueuse/core'
import { nextTick, watch, type Ref } from 'vue'

import { rewrite } from '@/ui/writing'

import type { Edit } from '../../thread/markdown'

const LEAST_PX = 50

export interface Textarea {
  edit: (change: (edit: Edit) => Edit) => void
  grow: () => void
}

export function useTextarea(
  field: Readonly<Ref<HTMLTextAreaElement | null>>,
  text: Ref<string>,
  expanded: Readonly<Ref<boolean>>,
): Textarea {
  function grow(): void {
    const area = field.value
    if (!area) return
    // An empty field is as high as it always is; to measure it would lay the whole page out.
    if (!text.value && !expanded.value) {
      area.style.height = `${LEAST_PX}px`
      return
    }
    area.style.height = 'auto'
    if (!area.clientWidth) return
    const most = window.innerHeight * (expanded.value ? 0.6 : 0.4)
    area.style.height = `${Math.min(most, Math.max(expanded.value ? most : LEAST_PX, area.scrollHeight))}px`
  }
  // Measured once the field holds the text, or a sent one would leave its height behind.
  watch(text, grow, { flush: 'post' })
  watch(expanded, () => nextTick(grow))
  let width = 0
  useResizeObserver(field, ([entry]) => {
    if (!entry || entry.contentRect.width === width) return
    width = entry.contentRect.width
    grow()
  })

  function edit(change: (edit: Edit) => Edit): void {
    const area = field.value
    if (!area) return
    const done = change({ text: text.value, start: area.selectionStart, end: area.selectionEnd })
    rewrite(area, done.text)
    area.focus()
    area.setSelectionRange(done.start, done.end)
  }
  return { edit, grow }
}
