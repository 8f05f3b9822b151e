import { useConversations } from '@/stores/conversations'
import { useCounts } from '@/stores/counts'
import { useDrafts } from '@/stores/drafts'
import { useMessages } from '@/stores/messages'
import { useOpenings } from '@/stores/openings'
import { useScheduled } from '@/stores/scheduled'

import type { DeskEvent } from '@/api/models'
import type { Readers } from '../reader'

/** Messages went from one conversation to another. */
const MOVES: DeskEvent<'conversation'>['name'][] = [
  'conversation.merged',
  'conversation.unmerged',
  'conversation.split',
]

export default {
  conversation({ name, data: { conversation } }) {
    // Who follows it, and what else its contact began, come with its opening alone.
    useOpenings().stale(name === 'conversation.created' ? undefined : conversation.id)
    useConversations().apply(conversation)
    useCounts().later()
    if (name === 'conversation.participants_changed') void useOpenings().refollow(conversation.id)
    if (MOVES.includes(name)) void useMessages().reread(conversation.id)
  },
  gone_conversation({ data: { id } }) {
    useConversations().remove(id)
    useMessages().drop(id)
    useCounts().later()
  },
  draft: ({ data }) => useDrafts().apply(data.conversation_id, data.mode, data.content),
  scheduled_message: ({ data }) => useScheduled().changed(data.conversation_id),
} satisfies Readers
