// One conversation that is two matters: what follows a message goes to one of its own, which is shown; and back.
import { computed, type ComputedRef } from 'vue'
import { useRouter } from 'vue-router'

import type { Id, Message } from '@/api/models'
import { mayWrite } from '@/stores/acts'
import { useMessages } from '@/stores/messages'
import { useSession } from '@/stores/session'

import { splitFrom, unsplit } from '../panel/merge'

export interface Splitting {
  split: (message: Message) => Promise<void>
  /** Put the conversation back where it was split off from. */
  join: (id: Id) => Promise<void>
  /** Whether its thread says that it was split off. */
  wasSplit: ComputedRef<boolean>
}

export function useSplit(conversation: () => Id): Splitting {
  const router = useRouter()
  const session = useSession()
  const messages = useMessages()

  function show(id: Id | undefined): void {
    if (id === undefined) return
    void router.push({ name: 'conversations', params: { accountId: session.accountId, displayId: id } })
  }
  async function split(message: Message): Promise<void> {
    if (mayWrite()) show(await splitFrom(conversation(), message.id, show))
  }
  async function join(id: Id): Promise<void> {
    if (mayWrite()) show(await unsplit(id))
  }
  const wasSplit = computed(() =>
    messages.thread(conversation()).messages.some((one) => one.additional_attributes?.activity === 'split_in'),
  )
  return { split, join, wasSplit }
}
