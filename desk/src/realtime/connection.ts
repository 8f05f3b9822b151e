// The desk's one stream, and what the connection bar says of it.
import { ref } from 'vue'

import type { Id } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { useMessages } from '@/stores/messages'
import { useOutbox } from '@/stores/outbox'
import { useScheduled } from '@/stores/scheduled'
import { useSession } from '@/stores/session'

import { applyEphemeral, applyEvents } from './apply'
import { Stream, type ConnectionState } from './stream'

const BAR_AFTER_MS = 3000
const BACK_FOR_MS = 2000

export const state = ref<ConnectionState>('connecting')
export const bar = ref<'' | 'offline' | 'back'>('')
let stream: Stream | undefined
let barTimer: ReturnType<typeof setTimeout> | undefined
let openConversation: Id | undefined

function onState(next: ConnectionState): void {
  if (next === 'live') {
    clearTimeout(barTimer)
    barTimer = undefined
    if (bar.value === 'offline') {
      bar.value = 'back'
      setTimeout(() => (bar.value = ''), BACK_FOR_MS)
    }
    void useOutbox().run()
    if (openConversation) stream?.say({ type: 'viewing', conversation_id: openConversation })
  } else if (next === 'offline' && !barTimer) {
    barTimer = setTimeout(() => (bar.value = 'offline'), BAR_AFTER_MS)
  }
  state.value = next
}

function loadThread(id: Id): void {
  void useMessages().open(id)
  void useScheduled().load(id)
}

/** Position first, then the snapshot (`onReady` loads it), then what follows. */
export function connect(accountId: Id, onReady: () => void): void {
  stream?.stop()
  stream = new Stream(accountId, {
    onReady() {
      onReady()
      // A list and a thread that were asked for before the position was known may have missed something since.
      void useConversations().refresh()
      if (openConversation) loadThread(openConversation)
    },
    onEvents: applyEvents,
    onEphemeral: applyEphemeral,
    onReset: () => {
      useMessages().forget(openConversation)
      onReady()
      void useConversations().refresh()
      if (openConversation) loadThread(openConversation)
    },
    onState,
    onSignedOut: async () => {
      if (!(await useSession().isOver())) connect(accountId, onReady)
    },
  })
  stream.start()
}

export function sayTyping(conversationId: Id, on: boolean, isPrivate: boolean): void {
  stream?.say({ type: 'typing', conversation_id: conversationId, on, is_private: isPrivate })
}

export function sayViewing(conversationId: Id | undefined): void {
  openConversation = conversationId
  stream?.say({ type: 'viewing', conversation_id: conversationId ?? null })
}
