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
let latestUndo: { id: number; act: () => void } | undefined

export function toast(text: string, undo?: () => void): void {
  const id = next++
  toasts.push({ id, text, undo })
  if (undo) latestUndo = { id, act: undo }
  if (toasts.length > 4) toasts.shift()
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((one) => one.id === id)
  if (index >= 0) toasts.splice(index, 1)
  if (latestUndo?.id === id) latestUndo = undefined
}

/** The key Z: take the last thing back, if it is not too late. */
export function undoLatest(): void {
  const undo = latestUndo
  if (!undo) return
  dismiss(undo.id)
  undo.act()
}
