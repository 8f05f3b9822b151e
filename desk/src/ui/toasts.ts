// Short words about what just happened, with Undo for eight seconds where it can be undone.
import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  undo?: () => void
}
const SHOWN_MS = 8000
let next = 1
export const toasts = reactive<Toast[]>([])

export function toast(text: string, undo?: () => void): void {
  const id = next++
  toasts.push({ id, text, undo })
  if (toasts.length > 4) toasts.shift()
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((one) => one.id === id)
  if (index >= 0) toasts.splice(index, 1)
}

/** The key Z: take the last thing back, then the one before it, as long as they can be seen. */
export function undoLatest(): void {
  const latest = toasts.findLast((one) => one.undo)
  if (!latest) return
  dismiss(latest.id)
  latest.undo?.()
}
