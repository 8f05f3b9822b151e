// The address of one message within its conversation: #message-12, and #message-12-open with what is folded in it.
import { reactive } from 'vue'

import type { Id } from '@/api/models'

const LINK = /^#message-(\d{1,15})(-open)?$/

export const linkTo = (id: Id, open = false): string => `#message-${id}${open ? '-open' : ''}`

export function linkOf(hash: string): { id: Id; open: boolean } | undefined {
  const found = LINK.exec(hash)
  return found ? { id: Number(found[1]) as Id, open: found[2] !== undefined } : undefined
}

/** Messages whose folded parts someone comes to see; whoever opens them takes the message out. */
export const toUnfold = reactive(new Set<Id>())
