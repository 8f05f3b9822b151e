// How each view of the list was left, for as long as this browser tab lives.
import type { ListFilter } from '@/stores/filters'

type Kept = Pick<ListFilter, 'tab' | 'status' | 'conditions'>
const KEY = 'views.v1'

function read(): Record<string, Kept> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Record<string, Kept>
  } catch {
    return {}
  }
}

export function keptView(view: string): Partial<Kept> {
  return read()[view] ?? {}
}

export function keepView(view: string, kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...read(), [view]: kept }))
  } catch {
    // Without storage each view begins as it is drawn.
  }
}
