// The desk's one stream, and what the connection bar says of it.
import { ref } from 'vue'

import type { Id } from '@/api/models'
import { useConversations } from '@/stores/conversations'
import { useMessages } from '@/stores/messages'
import { useOpenings } from '@/stores/openings'
import { useOutbox } from '@/stores/outbox'
import { useSession } from '@/stores/session'

import { applyEvents } from './apply'
import { applyMoment } from './moments'
import { Stream, type ConnectionState } from './stream'
import { wall } from './wall'

const BAR_AFTER_MS = 3000
const BACK_FOR_MS = 2000

export const state = ref<ConnectionState>('connecting')
export const bar = ref<'' | 'offline' | 'back'>('')
let stream: Stream | undefined
let barTimer: ReturnType<typeof setTimeout> | undefined
let openConversation: Id | undefined
let columns: Id[] = []

function onState(next: ConnectionState): void {
  useOpenings().hears(next === 'live')
  if (next === 'live') {
    clearTimeout(barTimer)
    barTimer = undefined
    if (bar.value === 'offline') {
      bar.value = 'back'
      setTimeout(() => (bar.value = ''), BACK_FOR_MS)
    }
    void useOutbox().run()
    if (openConversation) stream?.say({ type: 'viewing', conversation_id: openConversation })
    if (columns.length) stream?.say({ type: 'columns', column_ids: columns })
  } else if (next === 'offline' && !barTimer) {
    barTimer = setTimeout(() => (bar.value = 'offline'), BAR_AFTER_MS)
  }
  state.value = next
}

/**
 * Position first, then the snapshot (`load` asks for it), then what follows. The position came with the first answer of
 * all, so that nothing need be asked for twice.
 */
export function connect(accountId: Id, load: () => void): void {
  if (useSession().viewer) return load() // a look as somebody else is a still picture: nobody is here because of it
  const position = stream?.position ?? useSession().boot?.position
  stream?.stop()
  stream = new Stream(
    accountId,
    {
      onEvents: applyEvents,
      onMoment: applyMoment,
      onReset: () => {
        useMessages().forget(openConversation)
        useOpenings().stale()
        load()
        void useConversations().refresh()
        if (openConversation) void useMessages().open(openConversation)
      },
      onColumns: () => wall.ready(),
      onState,
      onSignedOut: async () => {
        if (!(await useSession().isOver())) connect(accountId, load)
      },
    },
    position || null,
  )
  stream.start()
  load()
}

export function sayTyping(conversationId: Id, on: boolean, isPrivate: boolean): void {
  stream?.say({ type: 'typing', conversation_id: conversationId, on, is_private: isPrivate })
}

export function sayViewing(conversationId: Id | undefined): void {
  openConversation = conversationId
  stream?.say({ type: 'viewing', conversation_id: conversationId ?? null })
}

/** The wall shows these; each time the line stands anew they are said again. */
export function sayColumns(ids: Id[]): void {
  columns = ids
  stream?.say({ type: 'columns', column_ids: ids })
}
