// The conversations that were open last, newest first; until the desk is closed.
import { shallowRef } from 'vue'

import type { Id } from '@/api/models'

const MOST = 8
export const recentIds = shallowRef<Id[]>([])

export function rememberOpened(id: Id): void {
  recentIds.value = [id, ...recentIds.value.filter((one) => one !== id)].slice(0, MOST)
}
