// Short words about what just happened, with Undo for eight seconds where it can be undone.
import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  undo?: () => void
  /** Once it went away and Undo was not pressed: what has no way back is done only then. */
  unused?: () => void
}
const SHOWN_MS = 8000
const MOST = 4
let next = 1
export const toasts = reactive<Toast[]>([])

export function toast(text: string, undo?: () => void, unused?: () => void): void {
  const id = next++
  toasts.push({ id, text, undo, unused })
  if (toasts.length > MOST && toasts[0]) dismiss(toasts[0].id)
  setTimeout(() => dismiss(id), SHOWN_MS)
}

function drop(id: number): Toast | undefined {
  const index = toasts.findIndex((one) => one.id === id)
  return index < 0 ? undefined : toasts.splice(index, 1)[0]
}
export function dismiss(id: number): void {
  drop(id)?.unused?.()
}
export function takeBack(id: number): void {
  drop(id)?.undo?.()
}

/** The key Z: take the last thing back, then the one before it, as long as they can be seen. */
export function undoLatest(): void {
  const latest = toasts.findLast((one) => one.undo)
  if (latest) takeBack(latest.id)
}

/** Whoever closes the page has not undone what waits. */
export function settleToasts(): void {
  for (const { id } of toasts.filter((one) => one.unused)) dismiss(id)
}
window.addEventListener('pagehide', settleToasts)
